"""Uploads under the ids of somebody else: whatever is sent, not a row of theirs changes."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import inbox
from db.usage import checks
from tests.integration.ingest.conftest import Send
from tests.integration.tables import digests
from tests.integration.uploads import settle
from tests.unit.ingest.wire import plan, session

#: How many sessions and plans she has, and how often he sends each of their ids.
HERS = 1_000
ROUNDS = 10


def hers(number: int) -> dict[str, Any]:
    """Mostly small, now and then one with everything."""
    whole = session(session_id=f"hers-{number}")
    return whole if number % 20 == 0 else {name: whole[name] for name in ("session_id", "started_at", "tags")}


def forged(number: int, round_: int, victim: Account) -> dict[str, Any]:
    """Each time newer and longer, on another day, and in her name wherever a name could stand."""
    return {
        "session_id": f"hers-{number}",
        "started_at": f"2026-11-{10 + round_}T10:00:00Z",
        "ended_at": f"2026-11-{10 + round_}T12:00:00Z",
        # Some of them end in quarantine, which is a way in as well.
        "total_messages": 10_000 + round_ if number % 10 else -1,
        "project_name": "taken over",
        "tags": ["forged"],
        "user_id": victim.user_id,
        "username": victim.username,
        "user": {"id": victim.user_id},
    }


def test_ten_thousand_forged_ids_change_no_row_of_their_owner(
    database: Database, alice: Account, bob: Account, send: Send
) -> None:
    send(alice, "POST", "/api/v1/sessions/batch", [hers(number) for number in range(HERS)])
    send(alice, "POST", "/api/v1/plans/batch", [plan(name=f"hers-{number}") for number in range(HERS)])
    settle(database)
    before = digests(database.url, alice.user_id)

    for round_ in range(ROUNDS):
        items = [forged(number, round_, alice) for number in range(HERS)]
        send(bob, "POST", "/api/v1/sessions/batch", items)
        send(
            bob,
            "POST",
            "/api/v1/plans/batch",
            [plan(name=f"hers-{n}", title="taken over") for n in range(50)],
        )
        settle(database)

    assert digests(database.url, alice.user_id) == before
    # What could be stored became his own, which is all that his key can do.
    assert users.fetch_own_figures(database, bob.user_id).sessions_count == HERS * 9 // 10
    assert [check for check in checks.check_all(database) if not check.agrees] == []


def test_what_lies_in_quarantine_comes_out_as_its_senders(
    database: Database, alice: Account, bob: Account, send: Send
) -> None:
    send(alice, "POST", "/api/v1/sessions", hers(0))
    settle(database)
    before = digests(database.url, alice.user_id)

    (bad,) = send(bob, "POST", "/api/v1/sessions/batch", [forged(0, 1, alice)]).json
    assert inbox.requeue_uploads(database, bad["upload_id"])
    settle(database)

    assert digests(database.url, alice.user_id) == before
    assert users.fetch_own_figures(database, bob.user_id).sessions_count == 1


def test_the_digest_sees_a_single_changed_row(database: Database, alice: Account, send: Send) -> None:
    send(alice, "POST", "/api/v1/sessions", session())
    settle(database)
    before = digests(database.url, alice.user_id)

    send(alice, "POST", "/api/v1/sessions", session(ended_at="2026-11-21T10:00:00Z", tags=["later"]))
    settle(database)

    changed = {
        table for table, digest in digests(database.url, alice.user_id).items() if digest != before[table]
    }
    assert {"inbox", "sessions", "session_tags"} <= changed


def test_uploads_that_arrive_together_stay_with_their_senders(
    database: Database, alice: Account, bob: Account, send: Send
) -> None:
    """They may be committed with one statement, under the same ids at the same time."""

    def upload(number: int) -> None:
        person = (alice, bob)[number % 2]
        item = session(session_id=f"s-{number // 2 % 20}", project_name=person.username)
        assert send(person, "POST", "/api/v1/sessions", item).json["status"] == "ok"

    for person in (alice, bob):
        send(person, "GET", "/api/v1/me")
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(upload, range(200)))
    settle(database)

    for person in (alice, bob):
        rows = database.fetch("test_session", user_id=person.user_id)
        assert [row["project_name"] for row in rows] == [person.username] * 20
