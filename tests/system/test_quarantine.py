"""What could not be stored, as an admin meets it: seen with its reason, and brought in once the cause is mended."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from tests.system.insights_server import InsightsServer, wait_until

#: What PostgreSQL gets to refuse, and what nobody may be told of: how our tables are called.
CAUSES = {"sessions": "project_name <> 'otter'", "plans": "title <> 'otter'"}
ITEMS: dict[str, dict[str, Any]] = {
    "sessions": {"session_id": "kept", "started_at": "2026-11-01T10:00:00Z", "project_name": "otter"},
    "plans": {"name": "kept", "title": "otter", "content": "dive"},
}


@pytest.fixture(scope="module")
def key(insights: InsightsServer) -> str:
    return str(insights.manage("create-user", "alice", "--share-level", "full")["api_key"])


def run(insights: InsightsServer, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(insights.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        connection.commit()
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def refusing(insights: InsightsServer, table: str) -> Iterator[None]:
    """For the length of the block the table takes no otters."""
    run(insights, f"ALTER TABLE {table} ADD CONSTRAINT no_otters CHECK ({CAUSES[table]})")
    try:
        yield
    finally:
        run(insights, f"ALTER TABLE {table} DROP CONSTRAINT no_otters")


def state(insights: InsightsServer, key: str, upload_id: str) -> str:
    return str(insights.get(f"/api/v1/uploads/{upload_id}", key)["status"])


@dataclass
class Refused:
    """An upload in quarantine: where it goes, what the list says, and all that is kept of it. The cause is mended."""

    kind: str
    upload_id: str
    row: dict[str, Any]
    kept: dict[str, Any]


@pytest.fixture(scope="module")
def quarantine(insights: InsightsServer, key: str) -> dict[str, Refused]:
    """One upload of each kind that was tried in vain until it was given up."""
    with refusing(insights, "sessions"), refusing(insights, "plans"):
        ids = {kind: insights.post(f"/api/v1/{kind}", key, ITEMS[kind]).json()["upload_id"] for kind in ITEMS}
        wait_until(
            lambda: {state(insights, key, upload_id) for upload_id in ids.values()} == {"quarantined"}, 30
        )
    rows = {row["upload_id"]: row for row in insights.manage("quarantine", "list")}
    return {
        kind: Refused(kind, upload_id, rows[upload_id], insights.manage("quarantine", "show", upload_id))
        for kind, upload_id in ids.items()
    }


@pytest.fixture(params=["sessions", "plans"])
def refused(quarantine: dict[str, Refused], request: pytest.FixtureRequest) -> Refused:
    return quarantine[request.param]


def test_an_admin_sees_whose_it_is_why_and_since_when(refused: Refused) -> None:
    row, kept = refused.row, refused.kept

    assert (row["username"], row["kind"], row["name"]) == ("alice", refused.kind[:-1], "kept")
    assert row["reason"].startswith("refused:") and "no_otters" in row["reason"]
    assert kept["received_at"] == row["received_at"] < kept["settled_at"]
    assert "otter" in str(kept["body"])


def test_its_sender_is_told_of_it_and_nothing_of_our_tables(
    insights: InsightsServer, key: str, refused: Refused
) -> None:
    told = insights.get(f"/api/v1/uploads/{refused.upload_id}", key)

    assert (told["status"], told["reason"]) == ("quarantined", "refused: something in it can't be stored")


def test_requeued_after_the_cause_is_mended_it_comes_in(
    insights: InsightsServer, key: str, refused: Refused
) -> None:
    insights.manage("quarantine", "requeue", refused.upload_id)

    wait_until(lambda: state(insights, key, refused.upload_id) == "persisted", 30)
    assert run(insights, f"SELECT count(*) FROM {refused.kind} WHERE NOT ({CAUSES[refused.kind]})") == [(1,)]
