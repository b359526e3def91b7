"""The five cards of the Team page, from the sums of two periods."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from analytics_app.components.stat_tiles import Card, Change, change
from analytics_app.i18n.languages import Language
from db.records import Coverage, DayTotals, Totals

COUNT = 5


@dataclass(frozen=True)
class Course:
    """A period day by day, its sums, and those of its full days and of as many of the period before."""

    days: list[DayTotals]
    now: Totals
    full: Totals
    before: Totals
    #: The days that are over; today, which is still growing, would make every change read lower each morning.
    full_days: int

    def said_of_full_days(self, say: Callable[[Totals], str]) -> str:
        """The figure of the full days, where the period ends with one that is not; else nothing."""
        return say(self.full) if self.full_days < len(self.days) else ""

    def change(self, measure: Callable[[Totals], float | Decimal | None]) -> Change | None:
        """Compare like with like; None where one side is not known."""
        now, before = measure(self.full), measure(self.before)
        if not self.full_days or now is None or before is None:
            return None
        return change(float(now), float(before))


def cards_of(course: Course, coverage: Coverage, said: Language) -> list[Card]:
    """Sessions, tokens, cost, time and people."""
    return [
        _sessions(course, said),
        _tokens(course, said),
        _cost(course, said),
        _time(course, said),
        _people(course, coverage, said),
    ]


def _days_of_work(course: Course) -> int:
    """The full days since the first session: a team that had not begun yet was not idle."""
    if course.before.session_count:
        return course.full_days
    full = course.days[: course.full_days]
    return next((len(full) - place for place, day in enumerate(full) if day.session_count), 0)


def _sessions(course: Course, said: Language) -> Card:
    now = course.now.session_count
    days = _days_of_work(course)
    a_day = course.full.session_count / days if days else now
    return Card(
        title=said.text("Sessions"),
        value=said.compact(now),
        beside="",
        change=course.change(lambda sums: sums.session_count),
        before=said.compact(course.before.session_count),
        course=[day.session_count for day in course.days],
        full=course.said_of_full_days(lambda sums: said.compact(sums.session_count)),
        note=said.text("{count} a day", count=_a_day(a_day, said)) if now else "",
    )


def _a_day(count: float, said: Language) -> str:
    return said.number(round(count)) if count >= 1 else "< 1"


def _tokens(course: Course, said: Language) -> Card:
    now = course.now
    cached = now.cache_read_tokens + now.cache_creation_tokens
    return Card(
        title=said.text("Tokens"),
        value=said.compact(now.tokens),
        beside=said.text("+ {tokens} cache", tokens=said.compact(cached)) if cached else "",
        change=course.change(lambda sums: sums.tokens),
        before=said.compact(course.before.tokens),
        course=[day.tokens for day in course.days],
        full=course.said_of_full_days(lambda sums: said.compact(sums.tokens)),
        note=said.text(
            "{in_} in · {out} out", in_=said.compact(now.tokens_in), out=said.compact(now.tokens_out)
        )
        if now.tokens
        else "",
        wide=True,
    )


def _cost(course: Course, said: Language) -> Card:
    now, unpriced = known_cost(course.now), course.now.unpriced_tokens
    note = said.text("every token has a price") if course.now.cost_usd is not None else ""
    if unpriced:
        note = said.text("{tokens} tokens without price", tokens=said.compact(unpriced))
    return Card(
        title=said.text("Estimated cost"),
        value=said.text("unknown") if now is None else said.money(now),
        beside="",
        change=course.change(known_cost),
        before=said.money(known_cost(course.before) or Decimal(0)),
        course=[None if cost is None else float(cost) for cost in map(known_cost, course.days)],
        full=course.said_of_full_days(lambda sums: said.money(known_cost(sums) or Decimal(0))),
        more_is_good=False,
        note=note,
    )


def known_cost(sums: Totals) -> Decimal | None:
    """What is known of the cost; None, and never 0, where tokens were used and none has a price."""
    return None if sums.cost_usd is None and sums.unpriced_tokens else sums.cost_usd or Decimal(0)


def _time(course: Course, said: Language) -> Card:
    now = course.now.duration_seconds
    minutes = round(now / 60 / max(course.now.session_count, 1))
    return Card(
        title=said.text("Coding time"),
        value=said.hours(now),
        beside="",
        change=course.change(lambda sums: sums.duration_seconds),
        before=said.hours(course.before.duration_seconds),
        course=[day.duration_seconds for day in course.days],
        full=course.said_of_full_days(lambda sums: said.hours(sums.duration_seconds)),
        note=said.text("{minutes} min a session", minutes=said.number(minutes)) if now else "",
    )


def _people(course: Course, coverage: Coverage, said: Language) -> Card:
    now = course.now.active_users
    each = round(course.now.session_count / max(now, 1))
    return Card(
        title=said.text("Active developers"),
        value=said.number(now),
        beside=said.text("of {known}", known=said.number(coverage.people_known)),
        change=course.change(lambda sums: sums.active_users),
        before=said.number(course.before.active_users),
        course=[day.active_users for day in course.days],
        full=course.said_of_full_days(lambda sums: said.number(sums.active_users)),
        note=said.plural("{count} session each", "{count} sessions each", each) if now else "",
    )
