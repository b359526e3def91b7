"""The measures of the Trends page: what each is called, whether it adds up, and how its values are formatted."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from analytics_app.i18n.languages import Language

Measure = Literal["sessions", "tokens", "cost", "time", "people"]


@dataclass(frozen=True)
class MeasureFormat:
    """A measure in one language: its title and formats."""

    title: str
    #: A value, exact enough to compare.
    exact: Callable[[float], str]
    #: A value on the axis.
    tick: Callable[[int], str]
    #: Is the sum of the steps the total? Not for people: one who works on two days is one person.
    adds_up: bool = True
    more_is_good: bool = True


def measure_format(measure: Measure, lang: Language) -> MeasureFormat:
    """The title of the measure and the formats of its values in this language."""
    text = lang.text
    match measure:
        case "sessions":
            return MeasureFormat(text("Sessions"), lang.decimal, lang.compact)
        case "tokens":
            return MeasureFormat(text("Tokens"), lambda value: lang.number(round(value)), lang.compact)
        case "cost":
            return MeasureFormat(
                text("Estimated cost"),
                lambda value: lang.money(Decimal(value)),
                lang.dollars,
                more_is_good=False,
            )
        case "time":
            return MeasureFormat(
                text("Coding time"),
                lambda value: lang.hours(round(value * 3600)),
                lambda value: text("{hours} h", hours=lang.number(value)),
            )
        case "people":
            return MeasureFormat(text("Active developers"), lang.decimal, lang.number, adds_up=False)
