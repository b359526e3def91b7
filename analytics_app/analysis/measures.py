"""The measures of the Trends page: what each is called, how it is summed and how it is said."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from analytics_app.i18n.languages import Language

Measure = Literal["sessions", "tokens", "cost", "time", "people"]


@dataclass(frozen=True)
class Said:
    """A measure in one language."""

    title: str
    #: A value, exact enough to compare.
    exact: Callable[[float], str]
    #: A value on the axis.
    tick: Callable[[int], str]
    #: Do the steps add up? People do not: one who works on two days is one person.
    adds_up: bool = True
    more_is_good: bool = True


def lang(measure: Measure, language: Language) -> Said:
    """The measure as this language says it."""
    text = language.text
    match measure:
        case "sessions":
            return Said(text("Sessions"), language.decimal, language.compact)
        case "tokens":
            return Said(text("Tokens"), lambda value: language.number(round(value)), language.compact)
        case "cost":
            return Said(
                text("Estimated cost"),
                lambda value: language.money(Decimal(value)),
                language.dollars,
                more_is_good=False,
            )
        case "time":
            return Said(
                text("Coding time"),
                lambda value: language.hours(round(value * 3600)),
                lambda value: text("{hours} h", hours=language.number(value)),
            )
        case "people":
            return Said(text("Active developers"), language.decimal, language.number, adds_up=False)
