"""The tiles of the page Me: the reader's figures beside the average of the team's active developers."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

from analytics_app.components.stat_tiles import StatTile, change
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_tiles import known_cost
from db.connection import Statements
from db.usage import usage_totals
from db.usage.usage_records import DayTotals, Filters, Totals

TILES = 5
Measure = Callable[[Totals], float | Decimal | None]


@dataclass(frozen=True)
class TeamComparison:
    """A period of one person and of the whole team, day by day and in sum."""

    mine: list[DayTotals]
    own: Totals
    team: Totals
    #: The days of work of all people, added up.
    team_active_days: int

    @classmethod
    def read(cls, db: Statements, view: View) -> "TeamComparison":
        """Read the reader's and the team's days from the rollups."""
        period, me = view.selection.period, Filters(user_id=view.account.user_id)
        mine, team = usage_totals.list_team_days(db, period, me), usage_totals.list_team_days(db, period)
        return cls(
            mine=mine,
            own=usage_totals.sum_days(mine, 1),
            team=usage_totals.sum_days(team, usage_totals.count_active_users(db, period)),
            team_active_days=sum(day.active_users for day in team),
        )

    def tile(
        self,
        title: str,
        measure: Measure,
        own_text: Callable[[Any], str],
        average_text: Callable[[float], str],
        *,
        without_people: float | None = 0.0,
        **more: Any,
    ) -> StatTile:
        """The tile of one measure beside its average, which is `without_people` where nobody was active."""
        own, team, people = measure(self.own), measure(self.team), self.team.active_users
        average = without_people if not people else None if team is None else float(team) / people
        compared = own is not None and average is not None
        return StatTile(
            title,
            own_text(own),
            change=change(float(own or 0), average or 0) if compared else None,
            before=average_text(average or 0) if compared else "",
            series=[None if (value := measure(day)) is None else float(value) for day in self.mine],
            **more,
        )


def tiles(figures: TeamComparison, lang: Language) -> list[StatTile]:
    """Sessions, tokens, cost, time and active days."""
    own = figures.own
    cached = own.cache_read_tokens + own.cache_creation_tokens
    return [
        figures.tile(
            lang.text("Sessions"),
            lambda sums: sums.session_count,
            lang.compact,
            lambda average: lang.number(round(average)),
        ),
        figures.tile(
            lang.text("Tokens"),
            lambda sums: sums.tokens,
            lang.compact,
            lambda average: lang.compact(round(average)),
            beside=lang.text("+ {tokens} cache", tokens=lang.compact(cached)) if cached else "",
            wide=True,
        ),
        figures.tile(
            lang.text("Estimated cost"),
            known_cost,
            lambda cost: lang.known(cost, lang.money),
            lambda average: lang.money(Decimal(average)),
            without_people=None,
        ),
        figures.tile(
            lang.text("Coding time"),
            lambda sums: sums.duration_seconds,
            lang.hours,
            lambda average: lang.hours(round(average)),
        ),
        _active_days(figures, lang),
    ]


def _active_days(figures: TeamComparison, lang: Language) -> StatTile:
    """Counted up day by day, since a single day is active or not."""
    people = figures.team.active_users
    average = figures.team_active_days / people if people else 0.0
    active = list(accumulate(int(day.session_count > 0) for day in figures.mine))
    own = active[-1] if active else 0
    return StatTile(
        lang.text("Active days"),
        lang.number(own),
        beside=lang.text("of {known}", known=lang.number(len(active))),
        change=change(own, average),
        before=lang.number(round(average)),
        series=active,
    )


def explanation(figures: TeamComparison, lang: Language) -> str:
    """What the tiles compare with."""
    people = figures.team.active_users
    if not people:
        return lang.text("Nobody was active in this period, so there is nothing to compare with.")
    if people == 1:
        return lang.text("Only one person was active in this period: the average is theirs.")
    return lang.text(
        "Compared with the average of the {count} people who were active in this period.",
        count=lang.number(people),
    )
