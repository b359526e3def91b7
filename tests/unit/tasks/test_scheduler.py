"""When an entry of the schedule is due, in team time, across the days that have 23 or 25 hours."""

from datetime import UTC, datetime

import pytest

from tasks.schedule import SCHEDULE
from tasks.scheduler import MOST_MISSED_RUNS, due_times


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_daily_entry_is_due_once_a_day_in_team_time() -> None:
    due = due_times("30 3 * * *", at("2026-06-01T00:00"), at("2026-06-02T12:00"), "Europe/Berlin")

    assert due == [at("2026-06-01T01:30"), at("2026-06-02T01:30")]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_each_day_of_a_clock_change_has_one_run(day: str) -> None:
    due = due_times("30 3 * * *", at(f"{day}T00:00"), at(f"{day}T21:00"), "Europe/Berlin")

    assert len(due) == 1


def test_nothing_is_due_before_its_time() -> None:
    assert due_times("30 3 * * *", at("2026-06-01T04:00"), at("2026-06-02T03:29"), "UTC") == []


def test_after_a_long_absence_only_the_newest_runs_are_caught_up() -> None:
    due = due_times("0 * * * *", at("2026-06-01T00:00"), at("2026-06-09T00:00"), "UTC")

    assert len(due) == MOST_MISSED_RUNS
    assert due[-1] == at("2026-06-09T00:00")


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_line_of_the_schedule_comes_due_within_two_days(name: str) -> None:
    assert due_times(SCHEDULE[name].cron, at("2026-06-01T00:00"), at("2026-06-03T00:00"), "UTC")
