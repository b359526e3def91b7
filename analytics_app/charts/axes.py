"""Axes with ticks in the reader's language, since Plotly formats numbers and dates in English only."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from analytics_app.i18n.languages import Language

MAX_DAY_TICKS = 8
#: Day and month beside each other must fit a phone, too.
MAX_WEEK_TICKS = 5
#: The axis of a longer period shows months.
MAX_SINGLE_DAYS = 120
MAX_VALUE_TICKS = 4


def day_ticks(days: Sequence[date], names: Sequence[str], lang: Language) -> dict[str, Any]:
    """A few labels that never overlap: every day, Mondays, or the first days of months, whatever fits."""
    chosen = _chosen_days(days)
    texts = [_day_name(days[index], len(days), lang) for index in chosen]
    return ticks([names[index] for index in chosen], texts) | {"tickangle": 0}


def ticks(values: Sequence[object], texts: Sequence[str]) -> dict[str, Any]:
    """These ticks and no others."""
    return {"tickmode": "array", "tickvals": values, "ticktext": texts}


def _day_name(day: date, among: int, lang: Language) -> str:
    """As short as possible: the head of the page says the year."""
    if among <= MAX_DAY_TICKS:
        return f"{lang.weekday(day.weekday())}<br>{day.day}"
    if among <= MAX_SINGLE_DAYS:
        return lang.day(day)
    return f"{lang.month(day)}<br>{day.year}" if day.month == 1 else lang.month(day)


def _chosen_days(days: Sequence[date]) -> list[int]:
    if len(days) <= MAX_DAY_TICKS:
        return list(range(len(days)))
    firsts_of_months = len(days) > MAX_SINGLE_DAYS
    marked = [
        index for index, day in enumerate(days) if (day.day == 1 if firsts_of_months else day.weekday() == 0)
    ]
    step = -(-len(marked) // (MAX_DAY_TICKS if firsts_of_months else MAX_WEEK_TICKS)) or 1
    return marked[::step]


def value_ticks(most: float, say: Callable[[int], str]) -> dict[str, Any]:
    """Round steps from zero to the highest value, formatted by `say`."""
    step = round_step(ceil(most))
    values = list(range(0, ceil(most) + step, step))[: MAX_VALUE_TICKS + 2]
    return ticks(values, [say(value) for value in values]) | {"range": [0, max(most * 1.04, 1)]}


def dollar_ticks(most: float, lang: Language) -> dict[str, Any]:
    """Round sums of dollars, or of cents: a first session costs a few of them."""
    if most >= 1 or most == 0:
        return value_ticks(most, lang.dollars)
    in_cents = value_ticks(most * 100, lambda cents: lang.money(Decimal(cents) / 100))
    return in_cents | {name: [cents / 100 for cents in in_cents[name]] for name in ("tickvals", "range")}


def share_ticks(most: float, lang: Language) -> dict[str, Any]:
    """Round percentages from zero to the highest share."""
    step = round_step(max(round(most * 1000), 10))
    values = [value / 1000 for value in range(0, round(most * 1000) + step + 1, step)]
    texts = [lang.percent(value) for value in values]
    return ticks(values, texts) | {"range": [0, max(most * 1.08, 0.01)]}


def day_names(days: Sequence[date], today: date, lang: Language) -> list[str]:
    """The head line of each day's hover; that of today says that the day is not over."""
    return [so_far(lang.full_day(day), lang) if day == today else lang.full_day(day) for day in days]


def so_far(name: str, lang: Language) -> str:
    """The name of a step that is not over."""
    return lang.text("{bar} so far", bar=name)


def round_step(most: int) -> int:
    """The smallest 1, 2 or 5 times a power of ten that divides the height into at most four steps."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * MAX_VALUE_TICKS >= most:
                return factor * power
        power *= 10
