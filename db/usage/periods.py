"""Team days: calendar days in the team's zone, and the periods of them that people ask about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """Team days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days that is."""
        return (self.last - self.first).days + 1

    def over(self, today: date) -> "Period | None":
        """The part of it whose days are over; None where it is today alone."""
        last = min(self.last, today - timedelta(days=1))
        return Period(self.first, last) if last >= self.first else None

    def before(self) -> "Period":
        """The period of equal length that ends the day before this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def dates(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=offset) for offset in range(self.days)]


def last_days(days: int, today: date) -> Period:
    """Today and the days - 1 team days before it."""
    return Period(today - timedelta(days=days - 1), today)


def team_today(zone: str, now: datetime) -> date:
    """The calendar day that `now` (with an offset) is in the team's zone."""
    return now.astimezone(ZoneInfo(zone)).date()
