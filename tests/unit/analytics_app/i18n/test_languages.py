"""Both languages say everything, and numbers and dates read as their readers write them."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from analytics_app.i18n import languages
from analytics_app.i18n.languages import LANGUAGES, Language, language, spoken

APP = Path(languages.__file__).parents[1]
#: How the code marks a sentence; the second argument of an Entry is its name in the navigation.
MARKS: dict[str, Any] = {
    "text": None,
    "plural": (1, 2),
    "FormError": None,
    "Entry": (2,),
    "gettext_noop": None,
}
PLACES = [("**.py", "python"), ("templates/**.html", "jinja2")]


@cache
def sentences() -> frozenset[tuple[str, ...]]:
    """Every sentence of the code, plural ones in both forms."""
    found = extract_from_dir(APP, PLACES, keywords=MARKS)
    return frozenset(
        message if isinstance(message, tuple) else (message,) for _file, _line, message, *_ in found
    )


@cache
def catalogue(code: str) -> Catalog:
    with (languages.TRANSLATIONS / f"{code}.po").open("rb") as source:
        return read_po(source, locale=code)


def translation(sentence: tuple[str, ...], code: str) -> tuple[str, ...]:
    entry = catalogue(code).get(sentence[0])
    lang = entry.string if entry else ""
    return tuple(lang) if isinstance(lang, tuple | list) else (lang,)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sentence_lacks_its_translation(code: str) -> None:
    missing = sorted(lang[0] for lang in sentences() if not any(translation(lang, code)))
    assert missing == [], f"add these to translations/{code}.po"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_translation_is_left_over(code: str) -> None:
    used = {lang[0] for lang in sentences()}
    known = {
        entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue(code) if entry.id
    }
    assert known - used == set(), f"nothing says these any more: take them out of translations/{code}.po"


def placeholders(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_translation_has_the_placeholders_of_its_sentence(code: str) -> None:
    for sentence in sentences():
        forms = filter(None, translation(sentence, code))
        assert [form for form in forms if placeholders(form) != placeholders(sentence[0])] == []


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (0, "0", "0"),
        (1_284, "1,284", "1.284"),
        (9_999, "9,999", "9.999"),
        (27_500, "27.5K", "27.500"),
        (502_995, "503K", "502.995"),
        (2_000_000, "2M", "2 Mio."),
        (2_996_000, "3.0M", "3,0 Mio."),
        (12_400_000, "12.4M", "12,4 Mio."),
        (99_960_000, "100M", "100 Mio."),
        (312_000_000, "312M", "312 Mio."),
        (4_100_000_000, "4.1B", "4,1 Mrd."),
    ],
)
def test_large_numbers_are_short_in_each_language(value: int, english: str, german: str) -> None:
    lang = [language(code).compact(value).replace("\xa0", " ") for code in ("en", "de")]
    assert lang == [english, german]


@pytest.mark.parametrize(
    ("amount", "english", "german"),
    [
        ("4870.4", "$4,870", "4.870 $"),
        ("9.5", "$9.50", "9,50 $"),
        ("0", "$0.00", "0,00 $"),
        ("0.0019", "< $0.01", "< 0,01 $"),
    ],
)
def test_cents_are_shown_while_they_matter(amount: str, english: str, german: str) -> None:
    lang = [language(code).money(Decimal(amount)).replace("\xa0", " ") for code in ("en", "de")]
    assert lang == [english, german]


def test_a_period_says_once_what_its_ends_share(german: Language) -> None:
    period = german.span(date(2026, 10, 24), date(2026, 11, 22))
    assert period.replace("\u2009", " ").replace("\xa0", " ") == "24. Okt. – 22. Nov. 2026"


@pytest.mark.parametrize(
    ("share", "lang"),
    [(0.0, "0%"), (0.001, "< 1%"), (0.124, "12%"), (0.9949, "99%"), (0.9951, "> 99%"), (1.0, "100%")],
)
def test_a_share_is_rounded_neither_to_nothing_nor_to_all(share: float, lang: str, english: Language) -> None:
    assert english.percent(share) == lang


def test_shares_close_together_are_told_apart(english: Language, german: Language) -> None:
    lang = [told.exact_percent(0.8714).replace("\xa0", " ") for told in (english, german)]
    assert lang == ["87.1%", "87,1 %"]


@pytest.mark.parametrize(("seconds", "lang"), [(0, "0 h"), (5_400, "1,5 h"), (2_199_600, "611 h")])
def test_time_is_said_in_hours(seconds: int, lang: str, german: Language) -> None:
    assert german.hours(seconds) == lang


def test_the_clock_has_twenty_four_hours_in_both(english: Language, german: Language) -> None:
    moment = datetime(2026, 11, 22, 21, 5)  # noqa: DTZ001 - only its digits count
    assert {english.clock(moment), german.clock(moment)} == {"21:05"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["de-AT", "en"], "de"),
        (["fr", "de"], "de"),
        (["fr"], "en"),
        ([], "en"),
        (["*", "EN-us"], "en"),
        (["de_DE"], "de"),
    ],
)
def test_the_first_language_that_we_speak_is_spoken(wanted: list[str], code: str) -> None:
    assert spoken(wanted) == code


def test_the_week_begins_on_monday(german: Language) -> None:
    assert german.weekday(0).startswith("Mo")
