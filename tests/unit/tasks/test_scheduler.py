"""When an entry of the schedule is due, in team time, across the days that have 23 or 25 hours."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks.jobs.schedule import cron_lines
from tasks.scheduler import MAX_MISSED_RUNS, due_times, next_due

LINES = cron_lines("02:00")
# The days of a clock change in Berlin, in 2026.
CHANGES = ["2026-03-29", "2026-10-25"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_daily_entry_is_due_once_a_day_in_team_time() -> None:
    due = due_times("30 3 * * *", at("2026-06-01T00:00"), at("2026-06-02T12:00"), "Europe/Berlin")

    assert due == [at("2026-06-01T01:30"), at("2026-06-02T01:30")]


@pytest.mark.parametrize("day", CHANGES)
@pytest.mark.parametrize("time", ["0 0", "59 1", "0 2", "30 2", "59 2", "0 3", "30 3"])
def test_each_day_of_a_clock_change_has_one_run(day: str, time: str) -> None:
    minute, hour = time.split()
    before = at(f"{day}T00:00") - timedelta(hours=3)

    assert (
        len(due_times(f"{minute} {hour} * * *", before, before + timedelta(hours=23), "Europe/Berlin")) == 1
    )


@pytest.mark.parametrize("day", CHANGES)
def test_a_run_is_due_once_however_often_one_looks(day: str) -> None:
    latest, found = at(f"{day}T00:00") - timedelta(days=1), []
    for minutes in range(0, 72 * 60, 7):
        due = due_times(
            "30 2 * * *", latest, at(f"{day}T00:00") - timedelta(days=1, minutes=-minutes), "Europe/Berlin"
        )
        found += due
        latest = max([latest, *due])

    assert len(found) == len(set(found)) == 3


def test_a_time_that_comes_twice_counts_the_first_time() -> None:
    due = due_times("30 2 * * *", at("2026-10-24T12:00"), at("2026-10-25T12:00"), "Europe/Berlin")

    assert due == [at("2026-10-25T00:30")]


def test_a_time_that_is_left_out_is_an_hour_later() -> None:
    due = due_times("30 2 * * *", at("2026-03-28T12:00"), at("2026-03-29T12:00"), "Europe/Berlin")

    assert due == [at("2026-03-29T01:30")]


def test_the_export_is_due_when_people_want_it() -> None:
    assert cron_lines("07:05")["export"] == "5 7 * * *"


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-06-01T01:29", "2026-06-01T01:30"),
        ("2026-06-01T01:30", "2026-06-02T01:30"),
        # Clocks are set back that night: half past three is an hour later.
        ("2026-10-24T12:00", "2026-10-25T02:30"),
    ],
)
def test_an_entry_is_due_next_at_its_time_of_the_teams_clock(now: str, due: str) -> None:
    assert next_due("30 3 * * *", at(now), "Europe/Berlin") == at(due)


def test_nothing_is_due_before_its_time() -> None:
    assert due_times("30 3 * * *", at("2026-06-01T04:00"), at("2026-06-02T03:29"), "UTC") == []


def test_after_a_long_absence_only_the_newest_runs_are_caught_up() -> None:
    due = due_times("0 * * * *", at("2026-06-01T00:00"), at("2026-06-09T00:00"), "UTC")

    assert len(due) == MAX_MISSED_RUNS
    assert due[-1] == at("2026-06-09T00:00")


@pytest.mark.parametrize("name", LINES)
def test_every_line_of_the_schedule_comes_due_within_two_days(name: str) -> None:
    assert due_times(LINES[name], at("2026-06-01T00:00"), at("2026-06-03T00:00"), "UTC")
