"""A share level that is lowered: the text is gone at once wherever it lay, and nothing ever brings it back."""

from collections.abc import Callable

import pytest
from falcon.testing import TestClient

from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import inbox
from ingest.app import create_app
from ingest.config import IngestSettings
from ingest.resources.me import PURGED
from tasks.jobs import persist, persist_plans
from tests.integration.ingest.conftest import Send, SilentNotifier, key_of
from tests.integration.tables import all_text
from tests.unit.ingest.wire import plan, session

Leave = Callable[[str, object], list[str]]
#: wire's session says it in a message, its plan in the content; as a value that is refused it lies in quarantine.
TEXT = "a secret plan"
CALL = {"tool_name": "Bash", "tool_input": TEXT, "tool_output": TEXT}
SETTINGS = "/api/v1/me/settings"


def settle(database: Database) -> None:
    persist.drain_sessions(database, "UTC")
    persist_plans.drain_plans(database)


def waiting_session(database: Database, send: Leave) -> None:
    send("sessions", session(tool_calls=[CALL]))


def waiting_plan(database: Database, send: Leave) -> None:
    send("plans", plan())


def quarantined_session(database: Database, send: Leave) -> None:
    send("sessions", session(total_messages=TEXT, tool_calls=[CALL]))


def quarantined_plan(database: Database, send: Leave) -> None:
    send("plans", plan(created_at=TEXT))


def tried_in_vain(database: Database, send: Leave) -> None:
    (upload_id,) = send("sessions", session())
    row = inbox.fetch_quarantined_upload(database, upload_id)
    assert row is not None
    inbox.postpone_uploads(database, row["inbox_id"], "for a reason")


def stored_session(database: Database, send: Leave) -> None:
    send("sessions", session(tool_calls=[CALL]))
    settle(database)


def stored_plan(database: Database, send: Leave) -> None:
    send("plans", plan())
    settle(database)


PLACES = [
    waiting_session,
    waiting_plan,
    quarantined_session,
    quarantined_plan,
    tried_in_vain,
    stored_session,
    stored_plan,
]


@pytest.fixture
def leave(send: Send, alice: Account) -> Leave:
    """Send an item as Alice, as one of a batch; returns the upload_id."""

    def leave(kind: str, item: object) -> list[str]:
        answers = send(alice, "POST", f"/api/v1/{kind}/batch", [item]).json
        return [answer["upload_id"] for answer in answers]

    return leave


@pytest.mark.parametrize("level", ["metadata", "none"])
@pytest.mark.parametrize("put", PLACES, ids=lambda put: put.__name__)
def test_a_lowered_level_leaves_no_text_in_any_table_and_nothing_brings_it_back(
    database: Database,
    alice: Account,
    send: Send,
    leave: Leave,
    put: Callable[[Database, Leave], None],
    level: str,
) -> None:
    put(database, leave)
    assert TEXT in all_text(database.url)

    told = send(alice, "PUT", SETTINGS, {"share_level": level}).json

    assert (told["share_level"], told["purged"], told["warnings"]) == (level, True, [PURGED])
    assert TEXT not in all_text(database.url)

    send(alice, "PUT", SETTINGS, {"share_level": "full"})
    for row in inbox.list_quarantined_uploads(database):
        inbox.requeue_uploads(database, row["upload_id"])
    database.execute("test_no_waiting")
    settle(database)
    assert TEXT not in all_text(database.url)


@pytest.mark.parametrize("settings", [{"share_level": "full"}, {"show_in_leaderboard": False}, {}])
def test_a_change_that_lowers_nothing_says_so_and_keeps_the_text(
    database: Database, alice: Account, send: Send, settings: object
) -> None:
    send(alice, "POST", "/api/v1/plans", plan())

    told = send(alice, "PUT", SETTINGS, settings).json

    assert (told["purged"], told["warnings"]) == (False, [])
    assert TEXT in all_text(database.url)


def test_lowering_takes_nobody_elses_text(
    database: Database, alice: Account, bob: Account, send: Send
) -> None:
    send(bob, "PUT", SETTINGS, {"share_level": "full"})
    for person in (alice, bob):
        send(person, "POST", "/api/v1/sessions", session(tool_calls=[CALL]))
        send(person, "POST", "/api/v1/plans", plan())
    settle(database)
    before = all_text(database.url).count(TEXT)

    send(alice, "PUT", SETTINGS, {"share_level": "metadata"})

    assert all_text(database.url).count(TEXT) == before // 2


@pytest.fixture
def processes(database: Database) -> list[TestClient]:
    """The app twice, each with a memory of its own of who called, as under gunicorn."""
    return [
        TestClient(create_app(database=database, notifier=SilentNotifier(), settings=IngestSettings()))
        for _ in range(2)
    ]


@pytest.mark.parametrize("level", ["metadata", "none"])
@pytest.mark.parametrize(("path", "item"), [("sessions", session()), ("plans", plan())])
def test_a_process_that_knows_the_old_level_takes_no_text_either(
    database: Database, alice: Account, processes: list[TestClient], level: str, path: str, item: object
) -> None:
    headers = {"X-API-Key": key_of(database, alice)}
    first, second = processes
    first.simulate_post(f"/api/v1/{path}", json=item, headers=headers)
    second.simulate_put(SETTINGS, json={"share_level": level}, headers=headers)

    answer = first.simulate_post(f"/api/v1/{path}", json=item, headers=headers)

    assert (answer.status_code, answer.json["status"]) == (202, "ok")
    assert answer.json["warnings"]
    assert TEXT not in all_text(database.url)
