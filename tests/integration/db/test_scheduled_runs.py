"""The schedule's memory: each due run begins once, is rung for until it does, and is forgotten in the end."""

from datetime import UTC, datetime, timedelta

import pytest

from db import scheduled_runs
from db.connection import Database
from tests.system.insights_server import wait_until

DUE = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


@pytest.fixture
def run(database: Database) -> tuple[str, datetime]:
    """A run that is due, and was rung for just now."""
    scheduled_runs.record_due_run(database, "check", DUE)
    return "check", DUE


def pass_by(database: Database, minutes: int) -> None:
    database.execute("test_pass_by", minutes=minutes)


def test_a_run_that_is_done_does_not_begin_again(database: Database, run: tuple[str, datetime]) -> None:
    scheduled_runs.begin_run(database, *run)
    scheduled_runs.finish_run(database, *run, "done", {})

    assert scheduled_runs.begin_run(database, *run) is None


def test_one_worker_is_at_a_run_at_a_time(database: Database, run: tuple[str, datetime]) -> None:
    with scheduled_runs.lock_run(database, *run) as first, scheduled_runs.lock_run(database, *run) as second:
        assert (first, second) == (True, False)


def test_a_run_goes_on_where_its_last_turn_ended(database: Database, run: tuple[str, datetime]) -> None:
    scheduled_runs.begin_run(database, *run)
    scheduled_runs.pause_run(database, *run, {"files": 3})

    assert scheduled_runs.begin_run(database, *run) == {"files": 3}


@pytest.mark.parametrize(("minutes", "rung"), [(0, False), (1, True)])
def test_a_run_that_nobody_begins_is_rung_for_again(
    database: Database, run: tuple[str, datetime], minutes: int, rung: bool
) -> None:
    pass_by(database, minutes)

    assert (scheduled_runs.list_runs_to_enqueue(database) == [run]) is rung


def test_a_run_is_rung_for_once_its_worker_is_gone(database: Database, run: tuple[str, datetime]) -> None:
    with scheduled_runs.lock_run(database, *run):
        scheduled_runs.begin_run(database, *run)
        pass_by(database, 61)
        assert scheduled_runs.list_runs_to_enqueue(database) == []

    # PostgreSQL lets the lock go when it notices that the connection is closed.
    wait_until(lambda: scheduled_runs.list_runs_to_enqueue(database) == [run], 30)


def test_no_run_is_rung_for_at_every_look(database: Database, run: tuple[str, datetime]) -> None:
    scheduled_runs.begin_run(database, *run)
    pass_by(database, 61)

    assert [len(scheduled_runs.list_runs_to_enqueue(database)) for _ in range(3)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("tries", "minutes", "again"), [(1, 9, False), (1, 11, True), (3, 29, False), (4, 999, False)]
)
def test_a_run_that_failed_is_tried_again_later_and_not_for_ever(
    database: Database, run: tuple[str, datetime], tries: int, minutes: int, again: bool
) -> None:
    for _ in range(tries):
        scheduled_runs.begin_run(database, *run)
        scheduled_runs.finish_run(database, *run, "failed", {"error": "OSError"})
    pass_by(database, minutes)

    assert (scheduled_runs.list_runs_to_enqueue(database) == [run]) is again


def test_a_run_that_failed_begins_anew(database: Database, run: tuple[str, datetime]) -> None:
    scheduled_runs.begin_run(database, *run)
    scheduled_runs.finish_run(database, *run, "failed", {"error": "OSError"})

    assert scheduled_runs.begin_run(database, *run) == {}
    assert scheduled_runs.list_recent_runs(database)[0].outcome is None


def test_a_run_that_ended_is_not_rung_for(database: Database, run: tuple[str, datetime]) -> None:
    scheduled_runs.begin_run(database, *run)
    scheduled_runs.finish_run(database, *run, "done", {})
    pass_by(database, 61)

    assert scheduled_runs.list_runs_to_enqueue(database) == []


def test_of_old_runs_the_newest_is_remembered(database: Database, run: tuple[str, datetime]) -> None:
    later = DUE + timedelta(days=1)
    scheduled_runs.record_due_run(database, "check", later)
    for due_at in (DUE, later):
        scheduled_runs.begin_run(database, "check", due_at)
        scheduled_runs.finish_run(database, "check", due_at, "done", {})
    pass_by(database, 100 * 24 * 60)

    assert scheduled_runs.delete_old_runs(database) == 1
    assert [kept.due_at for kept in scheduled_runs.list_recent_runs(database)] == [later]
