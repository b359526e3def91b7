"""The schedule's memory: each due run begins once, is rung for until it does, and is forgotten in the end."""

from datetime import UTC, datetime, timedelta

import pytest

from db import schedule
from db.connection import Database

DUE = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


@pytest.fixture
def run(database: Database) -> tuple[str, datetime]:
    """A run that is due, and was rung for just now."""
    schedule.remember(database, "check", DUE)
    return "check", DUE


def pass_by(database: Database, minutes: int) -> None:
    database.execute("test_pass_by", minutes=minutes)


def test_a_run_begins_once(database: Database, run: tuple[str, datetime]) -> None:
    assert [schedule.begin(database, *run) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("minutes", "rung"), [(0, False), (1, True)])
def test_a_run_that_nobody_begins_is_rung_for_again(
    database: Database, run: tuple[str, datetime], minutes: int, rung: bool
) -> None:
    pass_by(database, minutes)

    assert (schedule.to_ring_again(database) == [run]) is rung


@pytest.mark.parametrize(("minutes", "gone"), [(59, False), (61, True)])
def test_the_run_of_a_worker_that_is_gone_begins_again(
    database: Database, run: tuple[str, datetime], minutes: int, gone: bool
) -> None:
    schedule.begin(database, *run)
    pass_by(database, minutes)

    assert (schedule.to_ring_again(database) == [run]) is gone
    assert schedule.begin(database, *run) is gone


def test_no_run_is_rung_for_at_every_look(database: Database, run: tuple[str, datetime]) -> None:
    schedule.begin(database, *run)
    pass_by(database, 61)

    assert [len(schedule.to_ring_again(database)) for _ in range(3)] == [1, 0, 0]


def test_a_run_that_ended_is_not_rung_for(database: Database, run: tuple[str, datetime]) -> None:
    schedule.begin(database, *run)
    schedule.finish(database, *run, "done", {})
    pass_by(database, 61)

    assert schedule.to_ring_again(database) == []


def test_of_old_runs_the_newest_is_remembered(database: Database, run: tuple[str, datetime]) -> None:
    later = DUE + timedelta(days=1)
    schedule.remember(database, "check", later)
    for due_at in (DUE, later):
        schedule.begin(database, "check", due_at)
        schedule.finish(database, "check", due_at, "done", {})
    pass_by(database, 100 * 24 * 60)

    assert schedule.forget_old(database) == 1
    assert [kept.due_at for kept in schedule.recent(database)] == [later]
