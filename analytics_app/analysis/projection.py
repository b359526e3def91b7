"""The cost of the running month: the sum so far, and a projection to its end."""

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
    """The projected cost of the month at the end of one day."""

    day: date
    likely: float
    low: float
    high: float


@dataclass(frozen=True)
class Projection:
    """The running month: its known days added up, and the outlook of those to come."""

    #: The sum at the end of each day up to today.
    so_far: dict[date, float]
    #: From today to the last day; empty where too few days are known.
    outlook: list[Outlook]
    #: The cost of the month so far; None where tokens were used and none of them has a price.
    to_date: float | None


def required_days(today: date) -> Period:
    """The days whose costs a projection is computed from."""
    return Period(min(today.replace(day=1), today - timedelta(days=HISTORY)), today)


def month_of(today: date) -> Period:
    """The whole calendar month of the day."""
    first = today.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def project(costs: Costs, today: date) -> Projection:
    """Month to date + Σ over the remaining days of the mean of their weekday in the last 28 full days.

    The range is the likely sum ± 1.28 · s · √(r + Σ n²/k), four cases of five: s is the spread of those 28 days around
    the means of their weekdays, r the number of remaining days, n of them on a weekday of which k days are known; it
    never begins below the month to date. Of today only what it lacks to its mean is still to come. With less than 28
    days since the first cost all days share one mean; with less than seven there is no projection. Days whose cost is
    not known are left out.
    """
    month = month_of(today)
    days = Period(month.first, today).dates()
    so_far = dict(zip(days, accumulate(costs.get(day) or 0.0 for day in days), strict=True))
    total = so_far[today]
    unknown = not total and any(costs.get(day, 0.0) is None for day in days)
    # The last 28 full days from the first cost on, as far as their cost is known.
    window = Period(today - timedelta(days=HISTORY), today - timedelta(days=1)).dates()
    begun = next((index for index, day in enumerate(window) if costs.get(day, 0.0) != 0.0), len(window))
    history = {day: cost for day in window[begun:] if (cost := costs.get(day, 0.0)) is not None}
    if unknown or len(history) < MIN_DAYS:
        return Projection(so_far, [], None if unknown else total)
    outlook = _outlook(_Habit(history), total, costs.get(today) or 0.0, Period(today, month.last))
    return Projection(so_far, outlook, total)


class _Habit:
    """The mean cost of a day, by weekday where there is enough history, and the variance around it."""

    def __init__(self, history: Mapping[date, float]) -> None:
        self.by_weekday = len(history) == HISTORY
        groups: dict[int, list[float]] = {}
        for day, cost in history.items():
            groups.setdefault(self.group(day), []).append(cost)
        self.means = {group: fmean(costs) for group, costs in groups.items()}
        self.seen = {group: len(costs) for group, costs in groups.items()}
        squares = sum((cost - self.mean(day)) ** 2 for day, cost in history.items())
        self.variance = squares / (len(history) - len(groups))

    def group(self, day: date) -> int:
        """The group of days that share a mean: the weekday, or 0 for all."""
        return day.weekday() if self.by_weekday else 0

    def mean(self, day: date) -> float:
        """The mean cost of such a day."""
        return self.means[self.group(day)]

    def spread(self, days: Sequence[date]) -> float:
        """The standard deviation of the sum of these days, that of the means themselves included."""
        share = sum(count**2 / self.seen[group] for group, count in Counter(map(self.group, days)).items())
        return sqrt(self.variance * (len(days) + share))


def _outlook(habit: _Habit, to_date: float, today_so_far: float, remainder: Period) -> list[Outlook]:
    days = remainder.dates()
    likely = to_date + max(habit.mean(days[0]) - today_so_far, 0.0)
    found: list[Outlook] = []
    for count, day in enumerate(days, start=1):
        likely += habit.mean(day) if count > 1 else 0.0
        reach = FOUR_OF_FIVE * habit.spread(days[:count])
        found.append(Outlook(day, likely, max(likely - reach, to_date), likely + reach))
    return found
