"""The texts, numbers and dates of a page in the reader's language; catalogues are read once a process."""

import gettext
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Known = TypeVar("Known")
TRANSLATIONS = Path(__file__).parents[1] / "translations"
#: The codes and names of the supported languages, the fallback first.
LANGUAGES = {"en": "English", "de": "Deutsch"}


def gettext_noop(message: str) -> str:
    """Mark a text for the catalogues that is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Language:
    """One language: translated texts, and numbers and dates as its readers write them."""

    code: str
    locale: Locale
    catalogue: gettext.NullTranslations
    #: The separator of thousands.
    separator: str

    def text(self, message: str, /, **values: object) -> str:
        """The translated text with its {placeholders} filled."""
        return self.catalogue.gettext(message).format(**values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The translated text in the plural form of the count, which also fills {count}."""
        return self.catalogue.ngettext(one, many, count).format(count=self.number(count), **values)

    def known(self, value: Known | None, say: Callable[[Known], str]) -> str:
        """The value formatted by `say`, or that it is unknown."""
        return self.text("unknown") if value is None else say(value)

    def number(self, value: int) -> str:
        """Exact, with separators; not by Babel, since the chart of a year has thousands of numbers."""
        return f"{value:,}".replace(",", self.separator)

    def compact(self, value: int) -> str:
        """About three digits and a unit, such as 12,4 Mio."""
        if abs(value) < 10_000:
            return self.number(value)
        tenths = _leading_digits(value) < 3
        shown = numbers.format_compact_decimal(value, locale=self.locale, fraction_digits=int(tenths))
        # German has no short form for thousands: what comes back then has no separators either.
        if shown.lstrip("-").isdigit():
            return self.number(value)
        digits = str(abs(value))
        is_round = not digits[_leading_digits(value) :].strip("0")
        if not tenths or is_round:
            return shown
        # A zero tenth is shown, so a column of 2,9 and 3,0 stays aligned; whole steps of an axis have none.
        return re.sub(r"^(-?\d{1,2})(?=\D+$)", rf"\g<1>{numbers.get_decimal_symbol(self.locale)}0", shown)

    def money(self, value: Decimal) -> str:
        """US dollars, with cents below 100; an amount below a cent is never shown as zero."""
        if 0 < value < Decimal("0.005"):
            return "< " + self.money(Decimal("0.01"))
        shown = value.quantize(Decimal("0.01") if abs(value) < 100 else Decimal(1))
        pattern = self.locale.currency_formats["standard"].pattern
        whole = pattern if abs(value) < 100 else pattern.replace("0.00", "0")
        return numbers.format_currency(shown, "USD", whole, locale=self.locale, currency_digits=False)

    def dollars(self, value: int) -> str:
        """Whole US dollars, for an axis."""
        pattern = self.locale.currency_formats["standard"].pattern.replace("0.00", "0")
        return numbers.format_currency(value, "USD", pattern, locale=self.locale, currency_digits=False)

    def decimal(self, value: float) -> str:
        """An average, with one decimal below 100."""
        if abs(value) >= 100:
            return self.number(round(value))
        return numbers.format_decimal(round(Decimal(value), 1), locale=self.locale)

    def percent(self, share: float) -> str:
        """A share of one in whole per cent; only nothing is 0 %, and only all of it is 100 %."""
        if 0 < share < 0.005:
            return "< " + numbers.format_percent(0.01, locale=self.locale)
        if 0.995 <= share < 1:
            return "> " + numbers.format_percent(0.99, locale=self.locale)
        return numbers.format_percent(round(share, 2), locale=self.locale)

    def exact_percent(self, share: float) -> str:
        """A share of one in per cent with one decimal, to tell close values apart."""
        spaced = self.locale.percent_formats[None].pattern.replace("#,##0", "0.0")
        return numbers.format_percent(share, spaced, locale=self.locale)

    def hours(self, seconds: int) -> str:
        """Seconds as hours, with one decimal below 10 hours."""
        hours = Decimal(seconds) / 3600
        shown = round(hours, 1) if hours < 10 else round(hours)
        return self.text("{hours} h", hours=numbers.format_decimal(shown, locale=self.locale))

    def size(self, count: int) -> str:
        """Bytes in B, kB, MB or GB."""
        value, unit = Decimal(count), "B"
        for larger in ("kB", "MB", "GB"):
            if value < 1000:
                break
            value, unit = value / 1000, larger
        shown = numbers.format_decimal(round(value, 1 if value < 100 else 0), locale=self.locale)
        return f"{shown}\u00a0{unit}"

    def day(self, day: date) -> str:
        """A day on an axis: 24. Okt."""
        return dates.format_skeleton("MMMd", day, locale=self.locale)

    def month(self, day: date) -> str:
        """A month on an axis: Okt."""
        return dates.format_skeleton("MMM", day, locale=self.locale)

    def full_month(self, day: date) -> str:
        """A month with its year."""
        return dates.format_skeleton("yMMMM", day, locale=self.locale)

    def full_day(self, day: date) -> str:
        """A day with its weekday and year."""
        return dates.format_skeleton("yMMMEd", day, locale=self.locale)

    def span(self, first: date, last: date) -> str:
        """From one day to another; a month or year that both share is written once."""
        return dates.format_interval(first, last, "yMMMd", locale=self.locale)

    def clock(self, moment: datetime) -> str:
        """Hours and minutes of a moment."""
        return dates.format_time(moment, "HH:mm", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A day with its time of day."""
        return f"{dates.format_skeleton('yMMMd', moment, locale=self.locale)} {self.clock(moment)}"

    def weekday(self, weekday: int) -> str:
        """The short name of a weekday; Monday is 0."""
        names = dates.get_day_names("abbreviated", context="stand-alone", locale=self.locale)
        return str(names[weekday])


def _leading_digits(value: int) -> int:
    return (len(str(abs(value))) - 1) % 3 + 1


@cache
def language(code: str) -> Language:
    """The language of that code; English where it is not supported."""
    known = code if code in LANGUAGES else next(iter(LANGUAGES))
    locale = Locale.parse(known)
    return Language(known, locale, _catalogue(known), numbers.get_group_symbol(locale))


def _catalogue(code: str) -> gettext.NullTranslations:
    compiled = BytesIO()
    with (TRANSLATIONS / f"{code}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def spoken(preferred: Iterable[str]) -> str:
    """The first supported language of the list, else English; `de-AT` counts as `de`."""
    bases = (tag.replace("_", "-").split("-")[0].lower() for tag in preferred)
    return next((base for base in bases if base in LANGUAGES), next(iter(LANGUAGES)))
