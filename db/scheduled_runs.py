"""Stores the schedule and its runs in PostgreSQL for the scheduler, the worker and the pages."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.connection import Database, Statements
from db.errors import SchemaMissing
from db.locks import Lock
from db.run_records import EndedRun, ScheduledRun


@dataclass(frozen=True, kw_only=True)
class ScheduleEntry:
    """One entry of the schedule."""

    name: str
    #: None: it is no longer on the schedule.
    next_due_at: datetime | None
    #: The run that was due last, if any.
    newest: ScheduledRun | None


def record_due_run(db: Statements, name: str, due_at: datetime) -> bool:
    """Record a due run; False if it is already recorded."""
    return db.execute("record_due_run", name=name, due_at=due_at) > 0


def fetch_latest_due_time(db: Statements, name: str, now: datetime) -> datetime:
    """When this entry was last due up to `now`; before the first run, when the database was created."""
    row = db.fetch_one("fetch_latest_due_time", name=name, now=now)
    if row is None or row["due_at"] is None:
        raise SchemaMissing("the database has no migrations: run ./manage.py migrate")
    due_at: datetime = row["due_at"]
    return due_at


def delete_future_runs(db: Statements, now: datetime) -> int:
    """Delete runs recorded while the clock was ahead of `now`; returns how many."""
    return db.execute("delete_future_runs", now=now)


def is_clock_confirmed(db: Statements, now: datetime) -> bool:
    """Whether a run ended between three days and one hour before `now`. False after a jump of the clock."""
    row = db.fetch_one("is_clock_confirmed", now=now)
    return bool(row and row["proven"])


def list_runs_to_enqueue(db: Statements) -> list[tuple[str, datetime]]:
    """The runs that no worker has locked and that are unfinished, or failed and due for a retry."""
    rows = db.fetch("list_runs_to_enqueue")
    return [(row["name"], row["due_at"]) for row in rows]


@contextmanager
def lock_run(db: Database, name: str, due_at: datetime) -> Iterator[bool]:
    """Lock a run for the block; yields False if another worker holds it."""
    with Lock(db.url, "lock_run", name=name, due_at=due_at) as lock:
        yield lock.is_held()


def begin_run(db: Statements, name: str, due_at: datetime) -> dict[str, Any] | None:
    """Start or resume a run; returns its progress so far, None if it is done."""
    row = db.fetch_one("begin_run", name=name, due_at=due_at)
    return row["detail"] if row else None


def pause_run(db: Statements, name: str, due_at: datetime, detail: dict[str, object]) -> None:
    """Store the progress of a run that is to be resumed."""
    db.execute("pause_run", name=name, due_at=due_at, detail=json.dumps(detail, default=str))


def finish_run(db: Statements, name: str, due_at: datetime, outcome: str, detail: dict[str, object]) -> None:
    """Record how a run ended: `done` or `failed`, with a small result for people."""
    db.execute(
        "finish_run", name=name, due_at=due_at, outcome=outcome, detail=json.dumps(detail, default=str)
    )


def list_recent_runs(db: Statements, limit: int = 50) -> list[ScheduledRun]:
    """The most recent runs, newest first."""
    return [ScheduledRun.from_row(row) for row in db.fetch("list_recent_runs", limit=limit)]


def store_schedule(db: Statements, next_due: Mapping[str, datetime]) -> None:
    """Replace the stored schedule: when each entry is due next."""
    db.execute("store_schedule", names=list(next_due), next_due=list(next_due.values()))


def list_schedule_entries(db: Statements) -> list[ScheduleEntry]:
    """All entries by name, each with its newest run."""
    return [
        ScheduleEntry(
            name=row["name"],
            next_due_at=row["next_due_at"],
            newest=ScheduledRun.from_row(row) if row["due_at"] else None,
        )
        for row in db.fetch("list_schedule_entries")
    ]


def list_last_ended_runs(db: Statements) -> list[EndedRun]:
    """The newest ended run of each entry."""
    return [EndedRun.from_row(row) for row in db.fetch("list_last_ended_runs")]


def delete_old_runs(db: Statements) -> int:
    """Delete runs that ended over three months ago; returns how many."""
    return db.execute("delete_old_runs")
