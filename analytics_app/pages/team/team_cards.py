"""The five cards of the Team page, from the sums of two periods."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from analytics_app.components.stat_tiles import Card, Change, change
from analytics_app.i18n.languages import Language
from db.usage.usage_records import Coverage, DayTotals, Totals

COUNT = 5


@dataclass(frozen=True)
class PeriodSeries:
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


def cards_of(series: PeriodSeries, coverage: Coverage, lang: Language) -> list[Card]:
    """Sessions, tokens, cost, time and people."""
    return [
        _sessions(series, lang),
        _tokens(series, lang),
        _cost(series, lang),
        _time(series, lang),
        _people(series, coverage, lang),
    ]


def _days_of_work(series: PeriodSeries) -> int:
    """The full days since the first session: a team that had not begun yet was not idle."""
    if series.before.session_count:
        return series.full_days
    full = series.days[: series.full_days]
    return next((len(full) - place for place, day in enumerate(full) if day.session_count), 0)


def _sessions(series: PeriodSeries, lang: Language) -> Card:
    now = series.now.session_count
    days = _days_of_work(series)
    a_day = series.full.session_count / days if days else now
    return Card(
        title=lang.text("Sessions"),
        value=lang.compact(now),
        beside="",
        change=series.change(lambda sums: sums.session_count),
        before=lang.compact(series.before.session_count),
        series=[day.session_count for day in series.days],
        full=series.said_of_full_days(lambda sums: lang.compact(sums.session_count)),
        note=lang.text("{count} a day", count=_a_day(a_day, lang)) if now else "",
    )


def _a_day(count: float, lang: Language) -> str:
    return lang.number(round(count)) if count >= 1 else "< 1"


def _tokens(series: PeriodSeries, lang: Language) -> Card:
    now = series.now
    cached = now.cache_read_tokens + now.cache_creation_tokens
    return Card(
        title=lang.text("Tokens"),
        value=lang.compact(now.tokens),
        beside=lang.text("+ {tokens} cache", tokens=lang.compact(cached)) if cached else "",
        change=series.change(lambda sums: sums.tokens),
        before=lang.compact(series.before.tokens),
        series=[day.tokens for day in series.days],
        full=series.said_of_full_days(lambda sums: lang.compact(sums.tokens)),
        note=lang.text(
            "{in_} in · {out} out", in_=lang.compact(now.tokens_in), out=lang.compact(now.tokens_out)
        )
        if now.tokens
        else "",
        wide=True,
    )


def _cost(series: PeriodSeries, lang: Language) -> Card:
    now, unpriced = known_cost(series.now), series.now.unpriced_tokens
    note = lang.text("every token has a price") if series.now.cost_usd is not None else ""
    if unpriced:
        note = lang.text("{tokens} tokens without price", tokens=lang.compact(unpriced))
    return Card(
        title=lang.text("Estimated cost"),
        value=lang.text("unknown") if now is None else lang.money(now),
        beside="",
        change=series.change(known_cost),
        before=lang.money(known_cost(series.before) or Decimal(0)),
        series=[None if cost is None else float(cost) for cost in map(known_cost, series.days)],
        full=series.said_of_full_days(lambda sums: lang.money(known_cost(sums) or Decimal(0))),
        more_is_good=False,
        note=note,
    )


def known_cost(sums: Totals) -> Decimal | None:
    """What is known of the cost; None, and never 0, where tokens were used and none has a price."""
    return None if sums.cost_usd is None and sums.unpriced_tokens else sums.cost_usd or Decimal(0)


def _time(series: PeriodSeries, lang: Language) -> Card:
    now = series.now.duration_seconds
    minutes = round(now / 60 / max(series.now.session_count, 1))
    return Card(
        title=lang.text("Coding time"),
        value=lang.hours(now),
        beside="",
        change=series.change(lambda sums: sums.duration_seconds),
        before=lang.hours(series.before.duration_seconds),
        series=[day.duration_seconds for day in series.days],
        full=series.said_of_full_days(lambda sums: lang.hours(sums.duration_seconds)),
        note=lang.text("{minutes} min a session", minutes=lang.number(minutes)) if now else "",
    )


def _people(series: PeriodSeries, coverage: Coverage, lang: Language) -> Card:
    now = series.now.active_users
    each = round(series.now.session_count / max(now, 1))
    return Card(
        title=lang.text("Active developers"),
        value=lang.number(now),
        beside=lang.text("of {known}", known=lang.number(coverage.people_known)),
        change=series.change(lambda sums: sums.active_users),
        before=lang.number(series.before.active_users),
        series=[day.active_users for day in series.days],
        full=series.said_of_full_days(lambda sums: lang.number(sums.active_users)),
        note=lang.plural("{count} session each", "{count} sessions each", each) if now else "",
    )
