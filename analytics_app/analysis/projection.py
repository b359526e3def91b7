"""Where the cost of the running month is heading: what it came to so far, and what is likely to come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import sqrt
from statistics import fmean

from db.usage.periods import Period

#: Four of each weekday.
HISTORY = 28
MIN_DAYS = 7
#: So many standard deviations to either side hold four of five cases.
FOUR_OF_FIVE = 1.2816
#: Team days and what is known of their cost; None = tokens were used and none has a price.
Costs = Mapping[date, float | None]


@dataclass(frozen=True)
class Outlook:
    """What the month will have come to by the end of one day."""

    day: date
    likely: float
    low: float
    high: float


@dataclass(frozen=True)
class Projection:
    """The running month: its known days added up, and the outlook of those to come."""

    #: The sum by the end of each day up to today.
    so_far: dict[date, float]
    #: From today to the last day; empty where too little is known.
    outlook: list[Outlook]
    #: What the month came to so far; None where tokens were used and none of them has a price.
    to_date: float | None


def asked(today: date) -> Period:
    """The days that a projection needs."""
    return Period(min(today.replace(day=1), today - timedelta(days=HISTORY)), today)


def month_of(today: date) -> Period:
    """The running month, whole."""
    first = today.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def project(costs: Costs, today: date) -> Projection:
    """Month to date + Σ over the remaining days of the mean of their weekday in the last 28 full days.

    The range is the likely sum ± 1.28 · s · √(r + Σ n²/k), four cases of five: s is the spread of those 28 days around
    the means of their weekdays, r the number of remaining days, n of them on a weekday of which k days are known; it
    never begins below the month to date. Of today only what it lacks to its mean is still to come. With less than 28
    days since the first cost all days share one mean; with less than seven there is no projection. Days whose cost is
    not known count neither as nought nor at all.
    """
    month = month_of(today)
    days = Period(month.first, today).dates()
    so_far = dict(zip(days, accumulate(costs.get(day) or 0.0 for day in days), strict=True))
    total = so_far[today]
    unknown = not total and any(costs.get(day, 0.0) is None for day in days)
    history = _history(costs, today)
    if unknown or len(history) < MIN_DAYS:
        return Projection(so_far, [], None if unknown else total)
    outlook = _outlook(_Habit(history), total, costs.get(today) or 0.0, Period(today, month.last))
    return Projection(so_far, outlook, total)


def _history(costs: Costs, today: date) -> dict[date, float]:
    """The last 28 full days from the first cost on, as far as their cost is known."""
    days = Period(today - timedelta(days=HISTORY), today - timedelta(days=1)).dates()
    begun = next((index for index, day in enumerate(days) if costs.get(day, 0.0) != 0.0), len(days))
    known = {day: costs.get(day, 0.0) for day in days[begun:]}
    return {day: cost for day, cost in known.items() if cost is not None}


class _Habit:
    """What a day usually costs, by its weekday where each was seen often enough, and how far days stray from that."""

    def __init__(self, history: Mapping[date, float]) -> None:
        self.by_weekday = len(history) == HISTORY
        groups: dict[int, list[float]] = {}
        for day, cost in history.items():
            groups.setdefault(self.group(day), []).append(cost)
        self.means = {group: fmean(costs) for group, costs in groups.items()}
        self.seen = {group: len(costs) for group, costs in groups.items()}
        strays = sum((cost - self.mean(day)) ** 2 for day, cost in history.items())
        self.variance = strays / (len(history) - len(groups))

    def group(self, day: date) -> int:
        """Days that are alike."""
        return day.weekday() if self.by_weekday else 0

    def mean(self, day: date) -> float:
        """What such a day usually costs."""
        return self.means[self.group(day)]

    def spread(self, days: Sequence[date]) -> float:
        """The standard deviation of the sum of these days, that of the means themselves included."""
        share = sum(count**2 / self.seen[group] for group, count in Counter(map(self.group, days)).items())
        return sqrt(self.variance * (len(days) + share))


def _outlook(habit: _Habit, to_date: float, today_so_far: float, rest: Period) -> list[Outlook]:
    days = rest.dates()
    likely = to_date + max(habit.mean(days[0]) - today_so_far, 0.0)
    found: list[Outlook] = []
    for count, day in enumerate(days, start=1):
        likely += habit.mean(day) if count > 1 else 0.0
        reach = FOUR_OF_FIVE * habit.spread(days[:count])
        found.append(Outlook(day, likely, max(likely - reach, to_date), likely + reach))
    return found
