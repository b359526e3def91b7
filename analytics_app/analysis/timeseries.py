"""One measure over time in days, weeks or months, beside the same number of steps before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.records import DayTotals
from db.usage.breakdown_records import Grain
from db.usage.periods import Period

#: How many steps a moving average is over: a week of days, a month of weeks, a quarter of months.
WINDOWS: dict[Grain, int] = {"day": 7, "week": 4, "month": 3}
#: None = not known, which is never zero.
Values = Sequence[float | None]


@dataclass(frozen=True)
class PeriodSeries:
    """The steps of a period with their values, and as many steps before it."""

    grain: Grain
    steps: list[Period]
    values: list[float | None]
    earlier_steps: list[Period]
    earlier_values: list[float | None]
    #: The last step is not over.
    provisional: bool

    @property
    def over(self) -> int:
        """The number of steps that are over."""
        return len(self.steps) - self.provisional

    @property
    def begun(self) -> list[float | None]:
        """The values of the steps that are over, from the first with work on."""
        full = self.values[: self.over]
        if any(self.earlier_values):
            return full
        return full[next((place for place, value in enumerate(full) if value != 0), 0) :]

    @property
    def averages(self) -> list[float | None]:
        """The moving average at every step: the mean of the window that ends with it.

        None for a step that is not over, and for a window that reaches back before the first work: a team that has
        not begun would let the average climb for no reason.
        """
        window, run = WINDOWS[self.grain], [*self.earlier_values, *self.values]
        idle = next((place for place, value in enumerate(run) if value != 0), len(run))
        means = [
            None if idle and end - window < idle else mean(run[max(0, end - window) : end])
            for end in range(len(self.earlier_values) + 1, len(run) + 1)
        ]
        return [*means[: self.over], *[None] * self.provisional]


def mean(values: Values) -> float | None:
    """The mean of the known values; None where there is none."""
    found = _known(values)
    return sum(found) / len(found) if found else None


def total(values: Values) -> float | None:
    """The sum of the known values; None where there is none."""
    found = _known(values)
    return sum(found) if found else None


def _known(values: Values) -> list[float]:
    """No value at all where only zeros are known: the sum would claim that the others are zero, too."""
    known = [value for value in values if value is not None]
    return known if any(known) or len(known) == len(values) else []


def steps(period: Period, grain: Grain) -> list[Period]:
    """The whole days, weeks (from Monday) or months that contain the period."""
    found = [step_of(period.first, grain)]
    while found[-1].last < period.last:
        found.append(step_of(found[-1].last + timedelta(days=1), grain))
    return found


def whole_steps(period: Period, grain: Grain) -> Period:
    """All days of the steps that contain the period."""
    return Period(step_of(period.first, grain).first, step_of(period.last, grain).last)


def steps_before(first: Period, grain: Grain, count: int) -> list[Period]:
    """So many steps that end just before this one, the oldest first."""
    found = [first]
    for _ in range(count):
        found.append(step_of(found[-1].first - timedelta(days=1), grain))
    return found[:0:-1]


def step_of(day: date, grain: Grain) -> Period:
    """The step that contains the day."""
    match grain:
        case "day":
            return Period(day, day)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        case "month":
            first = day.replace(day=1)
            return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def series(
    period: Period, grain: Grain, today: date, value_of: Callable[[Period], float | None]
) -> PeriodSeries:
    """The value of every step of the period and of as many steps before."""
    own = steps(period, grain)
    earlier = steps_before(own[0], grain, len(own))
    return PeriodSeries(
        grain=grain,
        steps=own,
        values=[value_of(step) for step in own],
        earlier_steps=earlier,
        earlier_values=[value_of(step) for step in earlier],
        provisional=own[-1].last >= today,
    )


def required_days(period: Period, grain: Grain, today: date) -> Period:
    """All days that such a series is computed from, up to today."""
    own = steps(period, grain)
    first = steps_before(own[0], grain, len(own))[0].first
    return Period(first, min(own[-1].last, today))


def by_step(days: Iterable[DayTotals], grain: Grain) -> dict[date, list[DayTotals]]:
    """The days of every step, by the first day of the step."""
    found: dict[date, list[DayTotals]] = {}
    for day in days:
        found.setdefault(step_of(day.stat_date, grain).first, []).append(day)
    return found
