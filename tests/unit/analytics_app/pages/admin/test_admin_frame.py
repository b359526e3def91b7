"""What an address requests of a part of the admin page; invalid values count as missing."""

from datetime import date

import pytest

from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_audit import LogRequest
from analytics_app.pages.admin.admin_exports import period_name
from analytics_app.pages.admin.admin_frame import address, requested, requested_number
from analytics_app.pages.admin.quarantine_panels import page_of
from db.usage.periods import Period


@pytest.mark.parametrize(
    "search", [None, 7, [], "", "?", "?page=", "?page=x", "?page=-1", "?page=²", "?page=" + "9" * 40]
)
def test_without_a_valid_page_it_is_the_first(search: object) -> None:
    assert (requested_number(search, "page"), page_of(search)) == (None, 1)


@pytest.mark.parametrize(("search", "page"), [("?page=0", 1), ("?page=3", 3), ("?page=99999999", 500)])
def test_a_page_lies_within_what_is_counted(search: str, page: int) -> None:
    assert page_of(search) == page


def test_characters_that_postgresql_cannot_store_are_removed() -> None:
    assert requested("?action=a%00b\ud800", "action") == "ab?"
    assert len(requested("?action=" + "x" * 10_000, "action")) == 200


def test_an_address_leaves_out_empty_fields() -> None:
    assert address("/admin/audit", person=None, action="a b", before=0) == "/admin/audit?action=a+b"
    assert address("/admin/audit") == "/admin/audit"


def test_a_page_of_the_log_keeps_its_filters() -> None:
    request = LogRequest.of("?person=3&action=key.issued&before=9")
    assert request == LogRequest(3, "key.issued", 9)
    assert request.at(5) == "/admin/audit?person=3&action=key.issued&before=5"


@pytest.mark.parametrize(
    ("period", "lang"),
    [
        (Period(date(2026, 11, 20), date(2026, 11, 20)), "Fr., 20. Nov. 2026"),
        (Period(date(2026, 11, 1), date(2026, 11, 30)), "November 2026"),
    ],
)
def test_a_period_is_a_day_or_a_month(period: Period, lang: str, german: Language) -> None:
    assert period_name(period, german) == lang


@pytest.mark.parametrize(
    ("count", "english_size", "german_size"),
    [
        (0, "0 B", "0 B"),
        (999, "999 B", "999 B"),
        (4_512, "4.5 kB", "4,5 kB"),
        (1_234_567_890_123, "1,235 GB", "1.235 GB"),
    ],
)
def test_a_size_is_short_in_each_language(
    count: int, english_size: str, german_size: str, english: Language, german: Language
) -> None:
    lang = [known.size(count).replace("\xa0", " ") for known in (english, german)]
    assert lang == [english_size, german_size]
