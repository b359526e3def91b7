"""The five cards of the Team page, from the sums of two periods."""

from dataclasses import dataclass
from decimal import Decimal

from analytics_app.cards import Card, change
from analytics_app.i18n import Language
from db.records import Coverage, DayTotals, Totals

COUNT = 5


@dataclass(frozen=True)
class Course:
    """A period day by day, its sums, and those of the period before."""

    days: list[DayTotals]
    now: Totals
    before: Totals


def cards_of(course: Course, coverage: Coverage, said: Language) -> list[Card]:
    """Sessions, tokens, cost, time and people."""
    return [
        _sessions(course, said),
        _tokens(course, said),
        _cost(course, said),
        _time(course, said),
        _people(course, coverage, said),
    ]


def _sessions(course: Course, said: Language) -> Card:
    now, before = course.now.session_count, course.before.session_count
    return Card(
        title=said.text("Sessions"),
        value=said.compact(now),
        beside="",
        change=change(now, before),
        before=said.compact(before),
        course=[day.session_count for day in course.days],
        note=said.text("{count} a day", count=_a_day(now / len(course.days), said)) if now else "",
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
        change=change(now.tokens, course.before.tokens),
        before=said.compact(course.before.tokens),
        course=[day.tokens for day in course.days],
        note=said.text(
            "{in_} in · {out} out", in_=said.compact(now.tokens_in), out=said.compact(now.tokens_out)
        )
        if now.tokens
        else "",
        wide=True,
    )


def _cost(course: Course, said: Language) -> Card:
    now, before = course.now.cost_usd, course.before.cost_usd
    unpriced = course.now.unpriced_tokens
    note = said.text("every token has a price") if now is not None else ""
    if unpriced:
        note = said.text("{tokens} tokens without price", tokens=said.compact(unpriced))
    return Card(
        title=said.text("Estimated cost"),
        value=said.text("unknown") if now is None and unpriced else said.money(now or Decimal(0)),
        beside="",
        change=change(float(now or 0), float(before or 0)),
        before=said.money(before) if before is not None else "",
        course=[float(day.cost_usd or 0) for day in course.days],
        more_is_good=False,
        note=note,
    )


def _time(course: Course, said: Language) -> Card:
    now, before = course.now.duration_seconds, course.before.duration_seconds
    minutes = round(now / 60 / max(course.now.session_count, 1))
    return Card(
        title=said.text("Coding time"),
        value=said.hours(now),
        beside="",
        change=change(now, before),
        before=said.hours(before),
        course=[day.duration_seconds for day in course.days],
        note=said.text("{minutes} min a session", minutes=said.number(minutes)) if now else "",
    )


def _people(course: Course, coverage: Coverage, said: Language) -> Card:
    now, before = course.now.active_users, course.before.active_users
    each = round(course.now.session_count / max(now, 1))
    return Card(
        title=said.text("Active developers"),
        value=said.number(now),
        beside=said.text("of {known}", known=said.number(coverage.people_known)),
        change=change(now, before),
        before=said.number(before),
        course=[day.active_users for day in course.days],
        note=said.plural("{count} session each", "{count} sessions each", each) if now else "",
    )
