"""The tiles compare like with like, and never take what is not known for zero."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analytics_app.components.stat_tiles import Change, PeriodComparison, StatTile
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_tiles import tiles_of
from db.usage.usage_records import Coverage, DayTotals, Totals

NOTHING = Totals(
    session_count=0,
    active_users=0,
    tokens_in=0,
    tokens_out=0,
    cache_read_tokens=0,
    cache_creation_tokens=0,
    duration_seconds=0,
    total_messages=0,
    cost_usd=None,
    unpriced_tokens=0,
)
COVERAGE = Coverage(
    people_reporting=2,
    people_known=3,
    leaderboard_members=3,
    last_upload_at=None,
    tokens=0,
    unpriced_tokens=0,
    calls=0,
    unreported_calls=0,
)
DAYS = [DayTotals(**vars(NOTHING), stat_date=date(2026, 11, 16 + number)) for number in range(7)]
UNKNOWN = replace(NOTHING, unpriced_tokens=900)
FIFTEEN = replace(NOTHING, session_count=15)
FIFTY = replace(NOTHING, cost_usd=Decimal(50))


def series(
    full: Totals, before: Totals, *, now: Totals | None = None, full_days: int = 6
) -> PeriodComparison[Totals]:
    return PeriodComparison(days=DAYS, now=now or full, full=full, before=before, full_days=full_days)


def tile(number: int, shown: PeriodComparison[Totals], lang: Language) -> StatTile:
    return tiles_of(shown, COVERAGE, lang)[number]


@pytest.mark.parametrize(
    ("full", "before"), [(UNKNOWN, FIFTY), (FIFTY, UNKNOWN), (UNKNOWN, UNKNOWN), (UNKNOWN, NOTHING)]
)
def test_a_cost_that_is_not_known_is_compared_with_nothing(
    full: Totals, before: Totals, english: Language
) -> None:
    assert tile(2, series(full, before), english).change is None


def test_a_period_without_tokens_did_cost_nothing(english: Language) -> None:
    assert tile(2, series(NOTHING, FIFTY), english).change == Change("less", 1.0)


def test_days_of_unknown_cost_are_left_out_of_the_line(english: Language) -> None:
    days = [replace(DAYS[0], unpriced_tokens=5), replace(DAYS[1], cost_usd=Decimal(2)), *DAYS[2:]]
    shown = replace(series(FIFTY, FIFTY), days=days)
    assert tile(2, shown, english).series[:3] == [None, 2.0, 0.0]


@pytest.mark.parametrize(
    ("number", "measure"),
    [(0, "session_count"), (1, "tokens_in"), (3, "duration_seconds"), (4, "active_users")],
)
def test_a_change_leaves_out_the_day_that_is_not_over(number: int, measure: str, english: Language) -> None:
    twelve, ten, thirteen = (replace(NOTHING, **{measure: count}) for count in (12, 10, 13))
    change = tile(number, series(twelve, ten, now=thirteen), english).change
    assert change == Change("more", pytest.approx(0.2))


def test_where_no_day_is_over_nothing_is_compared(english: Language) -> None:
    shown = series(NOTHING, NOTHING, full_days=0)
    assert [tile.change for tile in tiles_of(shown, COVERAGE, english)] == [None] * 5


@pytest.mark.parametrize(("full_days", "provisional"), [(6, True), (7, False)])
def test_today_is_marked_where_the_period_has_it(
    full_days: int, provisional: bool, english: Language
) -> None:
    shown = series(NOTHING, NOTHING, full_days=full_days)
    assert {bool(tile.full) for tile in tiles_of(shown, COVERAGE, english)} == {provisional}


def test_time_is_said_for_one_session(english: Language) -> None:
    worked = replace(NOTHING, session_count=4, duration_seconds=2 * 3600)
    assert tile(3, series(worked, NOTHING), english).note == "30 min a session"


def test_sessions_are_said_for_one_full_day(english: Language) -> None:
    shown = series(
        replace(NOTHING, session_count=18), FIFTEEN, now=replace(NOTHING, session_count=19), full_days=6
    )
    assert tile(0, shown, english).note == "3 a day"


def test_days_before_the_first_session_are_no_idle_days(english: Language) -> None:
    days = [*DAYS[:4], *(replace(day, session_count=9) for day in DAYS[4:])]
    begun = replace(series(replace(NOTHING, session_count=18), NOTHING), days=days)
    assert tile(0, begun, english).note == "9 a day"
