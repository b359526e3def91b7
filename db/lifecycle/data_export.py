"""Everything that is stored of one person as one JSON document, made piece by piece while it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.connection import Database, Statements
from db.rows import FromRow

PAGE = 500
SHOWN_HISTORY = 12


@dataclass(frozen=True, kw_only=True)
class AuditEvent(FromRow):
    """Something that was done to a person."""

    happened_at: datetime
    action: str
    detail: dict[str, Any]
    #: Who did it; None where it was a program, or somebody who is gone.
    actor: str | None
    by_me: bool


def list_own_audit_events(db: Statements, user_id: int) -> list[AuditEvent]:
    """What was done to this person lately, newest first."""
    rows = db.fetch("list_own_audit_events", user_id=user_id, limit=SHOWN_HISTORY)
    return [AuditEvent.from_row(row) for row in rows]


def stream_data_export(db: Database, user_id: int) -> Iterator[str]:
    """The document; whatever changes while it is made is in it as it was when its turn came."""
    yield '{"account":'
    yield from _pieces(db, "own_data_account", user_id)
    for name, pieces in (
        ("keys", _pieces(db, "own_data_keys", user_id)),
        ("sessions", _sessions(db, user_id)),
        ("plans", _plans(db, user_id)),
        ("uploads_not_stored", _uploads(db, user_id)),
        ("daily_stats", _pieces(db, "own_data_days", user_id)),
        ("history", _pieces(db, "own_data_history", user_id)),
    ):
        yield f',"{name}":['
        yield from _parted(pieces)
        yield "]"
    yield "}\n"


def _parted(pieces: Iterator[str]) -> Iterator[str]:
    for index, piece in enumerate(pieces):
        yield f",\n{piece}" if index else piece


def _pieces(db: Database, statement: str, user_id: int, **parameters: object) -> Iterator[str]:
    for row in db.fetch(statement, user_id=user_id, **parameters):
        yield row["piece"]


def _sessions(db: Database, user_id: int) -> Iterator[str]:
    after = ""
    while rows := db.fetch("own_data_session_ids", user_id=user_id, after=after, limit=PAGE):
        for row in rows:
            yield from _pieces(db, "own_data_session", user_id, session_id=row["session_id"])
        after = rows[-1]["session_id"]


def _plans(db: Database, user_id: int) -> Iterator[str]:
    after = ""
    while rows := db.fetch("own_data_plan_names", user_id=user_id, after=after, limit=PAGE):
        for row in rows:
            yield from _pieces(db, "own_data_plan", user_id, name=row["name"])
        after = rows[-1]["name"]


def _uploads(db: Database, user_id: int) -> Iterator[str]:
    after = 0
    while rows := db.fetch("own_data_inbox_ids", user_id=user_id, after=after, limit=PAGE):
        for row in rows:
            yield from _pieces(db, "own_data_upload", user_id, inbox_id=row["inbox_id"])
        after = rows[-1]["inbox_id"]
