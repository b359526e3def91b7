"""My figures beside what an active developer of the team did on average in the same period."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from analytics_app.components.stat_tiles import StatTile, change
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_tiles import known_cost
from analytics_app.view import View
from db.connection import Statements
from db.usage import usage_totals
from db.usage.usage_records import DayTotals, Filters, Totals

COUNT = 5


@dataclass(frozen=True)
class Comparison:
    """A period of one person and of the whole team, day by day and in sum."""

    mine: list[DayTotals]
    own: Totals
    team: Totals
    #: Over all people: the days on which each of them worked.
    team_active_days: int

    @property
    def people(self) -> int:
        """Who was active; the average is over these."""
        return self.team.active_users

    @property
    def active_days(self) -> int:
        """The days on which I worked."""
        return sum(day.session_count > 0 for day in self.mine)

    def average(self, measure: Callable[[Totals], float | Decimal | None]) -> float | None:
        """Of one active developer; None where it is not known, or nobody was."""
        value = measure(self.team)
        return None if value is None or not self.people else float(value) / self.people


def read(db: Statements, view: View) -> Comparison:
    """The person's and the team's days, from the rollups."""
    period, me = view.selection.period, Filters(user_id=view.account.user_id)
    mine, team = usage_totals.list_team_days(db, period, me), usage_totals.list_team_days(db, period)
    return Comparison(
        mine=mine,
        own=usage_totals.sum_days(mine, 1),
        team=usage_totals.sum_days(team, usage_totals.count_active_users(db, period)),
        team_active_days=sum(day.active_users for day in team),
    )


def cards_of(figures: Comparison, lang: Language) -> list[StatTile]:
    """Sessions, tokens, cost, time and active days."""
    return [
        _sessions(figures, lang),
        _tokens(figures, lang),
        _cost(figures, lang),
        _time(figures, lang),
        _active_days(figures, lang),
    ]


def _sessions(figures: Comparison, lang: Language) -> StatTile:
    average = figures.average(lambda sums: sums.session_count) or 0
    return _card(
        lang.text("Sessions"),
        lang.compact(figures.own.session_count),
        (figures.own.session_count, average, lang.number(round(average))),
        [day.session_count for day in figures.mine],
    )


def _tokens(figures: Comparison, lang: Language) -> StatTile:
    own = figures.own
    average = figures.average(lambda sums: sums.tokens) or 0
    cached = own.cache_read_tokens + own.cache_creation_tokens
    return _card(
        lang.text("Tokens"),
        lang.compact(own.tokens),
        (own.tokens, average, lang.compact(round(average))),
        [day.tokens for day in figures.mine],
        beside=lang.text("+ {tokens} cache", tokens=lang.compact(cached)) if cached else "",
        wide=True,
    )


def _cost(figures: Comparison, lang: Language) -> StatTile:
    own, average = known_cost(figures.own), figures.average(known_cost)
    known = None if own is None or average is None else (float(own), average, lang.money(Decimal(average)))
    return _card(
        lang.text("Estimated cost"),
        lang.text("unknown") if own is None else lang.money(own),
        known,
        [None if cost is None else float(cost) for cost in map(known_cost, figures.mine)],
    )


def _time(figures: Comparison, lang: Language) -> StatTile:
    average = figures.average(lambda sums: sums.duration_seconds) or 0
    return _card(
        lang.text("Coding time"),
        lang.hours(figures.own.duration_seconds),
        (figures.own.duration_seconds, average, lang.hours(round(average))),
        [day.duration_seconds for day in figures.mine],
    )


def _active_days(figures: Comparison, lang: Language) -> StatTile:
    average = figures.team_active_days / figures.people if figures.people else 0.0
    return _card(
        lang.text("Active days"),
        lang.number(figures.active_days),
        (figures.active_days, average, lang.number(round(average))),
        list(accumulate(int(day.session_count > 0) for day in figures.mine)),
        beside=lang.text("of {known}", known=lang.number(len(figures.mine))),
    )


def _card(
    title: str,
    value: str,
    compared: tuple[float, float, str] | None,
    series: list[int] | list[float | None],
    *,
    beside: str = "",
    wide: bool = False,
) -> StatTile:
    """`compared`: my value, the average, and the average in words."""
    return StatTile(
        title=title,
        value=value,
        beside=beside,
        change=change(compared[0], compared[1]) if compared else None,
        before=compared[2] if compared else "",
        series=series,
        wide=wide,
    )


def explanation(figures: Comparison, lang: Language) -> str:
    """What the cards compare with."""
    if not figures.people:
        return lang.text("Nobody was active in this period, so there is nothing to compare with.")
    if figures.people == 1:
        return lang.text("Only one person was active in this period: the average is theirs.")
    return lang.text(
        "Compared with the average of the {count} people who were active in this period.",
        count=lang.number(figures.people),
    )
