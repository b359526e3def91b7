"""Ticks that read well in every language: computed here, because Plotly speaks English only."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from analytics_app.i18n.languages import Language

MAX_DAY_TICKS = 8
#: Day and month beside each other must fit a phone, too.
MAX_WEEK_TICKS = 5
#: A longer period is marked by months.
MAX_SINGLE_DAYS = 120
MAX_VALUE_TICKS = 4


def day_ticks(days: Sequence[date], names: Sequence[str], language: Language) -> dict[str, Any]:
    """A few labels that never meet: every day, Mondays, or the first of the months, whatever fits."""
    chosen = _chosen_days(days)
    return {
        "tickmode": "array",
        "tickvals": [names[index] for index in chosen],
        "ticktext": [_day_name(days[index], len(days), language) for index in chosen],
        "tickangle": 0,
    }


def _day_name(day: date, among: int, language: Language) -> str:
    """As short as it can be without becoming unclear: the head of the page says the year."""
    if among <= MAX_DAY_TICKS:
        return f"{language.weekday(day.weekday())}<br>{day.day}"
    if among <= MAX_SINGLE_DAYS:
        return language.day(day)
    return f"{language.month(day)}<br>{day.year}" if day.month == 1 else language.month(day)


def _chosen_days(days: Sequence[date]) -> list[int]:
    if len(days) <= MAX_DAY_TICKS:
        return list(range(len(days)))
    firsts_of_months = len(days) > MAX_SINGLE_DAYS
    marked = [
        index for index, day in enumerate(days) if (day.day == 1 if firsts_of_months else day.weekday() == 0)
    ]
    step = -(-len(marked) // (MAX_DAY_TICKS if firsts_of_months else MAX_WEEK_TICKS)) or 1
    return marked[::step]


def token_ticks(most: int, language: Language) -> dict[str, Any]:
    """Round steps from zero to the highest bar, in the language's own short form."""
    return value_ticks(most, language.compact)


def value_ticks(most: float, say: Callable[[int], str]) -> dict[str, Any]:
    """Round steps from zero to the highest value, said in its unit."""
    step = round_step(ceil(most))
    values = list(range(0, ceil(most) + step, step))[: MAX_VALUE_TICKS + 2]
    return {
        "tickmode": "array",
        "tickvals": values,
        "ticktext": [say(value) for value in values],
        "range": [0, max(most * 1.04, 1)],
    }


def dollar_ticks(most: float, language: Language) -> dict[str, Any]:
    """Round sums of dollars, or of cents: a first session costs a few of them."""
    if most >= 1 or most == 0:
        return value_ticks(most, language.dollars)
    ticks = value_ticks(most * 100, lambda cents: language.money(Decimal(cents) / 100))
    return ticks | {
        "tickvals": [cents / 100 for cents in ticks["tickvals"]],
        "range": [bound / 100 for bound in ticks["range"]],
    }


def share_ticks(most: float, language: Language) -> dict[str, Any]:
    """Round per cents from nought to the highest share."""
    step = round_step(max(round(most * 1000), 10))
    values = [value / 1000 for value in range(0, round(most * 1000) + step + 1, step)]
    return {
        "tickmode": "array",
        "tickvals": values,
        "ticktext": [language.percent(value) for value in values],
        "range": [0, max(most * 1.08, 0.01)],
    }


def day_names(days: Sequence[date], today: date, language: Language) -> list[str]:
    """The head line of each day's hover; today says that it is not over."""
    return [
        language.text("{bar} so far", bar=language.full_day(day)) if day == today else language.full_day(day)
        for day in days
    ]


def round_step(most: int) -> int:
    """The 1, 2 or 5 times a power of ten that divides the height into at most four steps."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * MAX_VALUE_TICKS >= most:
                return factor * power
        power *= 10
