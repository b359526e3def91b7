"""Sessions as rows: what is stored of them, and how a set of claimed uploads takes its place."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from db.connection import Statements
from db.uploads.upload_records import StoredSession


def list_stored_sessions(
    db: Statements, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], StoredSession]:
    """The stored state of the sessions with these (user_id, session_id), held until the transaction ends."""
    rows = db.fetch(
        "list_stored_sessions",
        user_ids=[user_id for user_id, _ in keys],
        session_ids=[session_id for _, session_id in keys],
    )
    stored = (StoredSession.from_row(row) for row in rows)
    return {(session.user_id, session.session_id): session for session in stored}


def store_sessions(
    db: Statements,
    inbox_ids: Sequence[int],
    *,
    replacing: Sequence[int],
    costs: Sequence[tuple[int, str, Decimal]],
    timelines: Sequence[tuple[int, str]],
    price_version: str,
) -> None:
    """Write these claimed uploads, one a session; `replacing` are those of sessions that are stored already.

    `costs` = (inbox_id, model, US dollars), `courses` = (inbox_id, tokens over time as JSON).
    """
    if replacing:
        db.execute("parts_delete", inbox_ids=list(replacing))
    db.execute(
        "sessions_store",
        inbox_ids=list(inbox_ids),
        cost_inbox_ids=[cost[0] for cost in costs],
        cost_models=[cost[1] for cost in costs],
        costs=[cost[2] for cost in costs],
        timeline_inbox_ids=[inbox_id for inbox_id, _ in timelines],
        timelines=[series for _, series in timelines],
        price_version=price_version,
    )


def mark_days_dirty(db: Statements, starts: Sequence[tuple[int, datetime]], zone: str) -> None:
    """Mark the team days on which these (user_id, started_at) lie as to be recomputed."""
    if starts:
        db.execute(
            "mark_days_dirty",
            user_ids=[user_id for user_id, _ in starts],
            starts=[started_at for _, started_at in starts],
            zone=zone,
        )
