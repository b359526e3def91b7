"""The leaderboards, read from the rollups: what each who takes part did in a period, and whether there are any."""

from dataclasses import dataclass

from db import audit
from db.connection import Database, Statements
from db.rows import FromRow
from db.usage.periods import Period
from db.usage.usage_records import Standing


@dataclass(frozen=True, kw_only=True)
class Members(FromRow):
    """How many take part, of how many."""

    members: int
    people: int


def list_standings(db: Statements, period: Period, user_id: int) -> list[Standing]:
    """Everybody who takes part and was active, and the person who asks; nobody where it is switched off."""
    rows = db.fetch("list_standings", first=period.first, last=period.last, user_id=user_id)
    return [Standing.from_row(row) for row in rows]


def count_leaderboard_members(db: Statements) -> Members:
    """Who takes part, whatever they did."""
    return Members.from_row(db.fetch_one("count_leaderboard_members") or {})


def is_leaderboard_on(db: Statements) -> bool:
    """Has no admin switched it off?"""
    row = db.fetch_one("is_leaderboard_on")
    return bool(row and row["leaderboard_on"])


def switch_leaderboard(db: Database, *, on: bool, actor_id: int) -> None:
    """Switch it on or off for all, and note who did."""
    with db.transaction() as transaction:
        if transaction.execute("switch_leaderboard", on=on):
            audit.record_audit_entry(
                transaction,
                actor_id=actor_id,
                subject_id=None,
                action="leaderboard.switched",
                detail={"on": on},
            )
