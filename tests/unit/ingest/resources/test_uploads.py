"""Plans on their way to the inbox, what their owners are told of uploads, and answers that wait until all is stored."""

import json
from typing import Any
from uuid import uuid4

import pytest

from ingest.resources.uploads import CANNOT_BE_STORED, GIVEN_UP
from ingest.uploads.pipeline import MAX_ITEMS
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import NOW, FakeDatabase, FakeNotifier
from tests.unit.ingest.wire import plan, session

PLANS = "/api/v1/plans"
PLAN_BATCH = "/api/v1/plans/batch"
KEY = "dkd_sk_" + "k" * 43
#: What each path takes, and where the name stands in the answer.
ROUTES = [
    ("/api/v1/sessions", session(), "session_id"),
    ("/api/v1/sessions/batch", [session(), session(session_id="s2")], "session_id"),
    (PLANS, plan(), "name"),
    (PLAN_BATCH, [plan(), plan(name="fox")], "name"),
]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.resources.prefer_wait.FIRST_PAUSE", 0.0001)
    monkeypatch.setattr("ingest.resources.prefer_wait.MAX_PAUSE_SECONDS", 0.0001)


def progress(**changes: Any) -> dict[str, Any]:
    return {
        "upload_id": str(uuid4()),
        "kind": "session",
        "name": "s1",
        "state": "pending",
        "reason": None,
        "received_at": NOW,
        "settled_at": None,
    } | changes


def told(api: Api, database: FakeDatabase, **changes: Any) -> dict[str, Any]:
    row = progress(**changes)
    database.answers["fetch_upload_progress"] = [row]
    return dict(api.get(f"/api/v1/uploads/{row['upload_id']}").json)


def test_a_plan_is_answered_once_it_is_in_the_inbox(api: Api, database: FakeDatabase) -> None:
    answer = api.post(PLANS, plan())

    (received,) = database.inbox
    assert (received["kind"], received["name"], received["user_id"]) == ("plan", "calm-river-otter", 1)
    assert (answer.status_code, answer.json) == (
        202,
        {"status": "ok", "name": "calm-river-otter", "upload_id": received["upload_id"], "warnings": []},
    )


def test_plans_are_answered_in_their_length_and_order(api: Api, database: FakeDatabase) -> None:
    answer = api.post(PLAN_BATCH, [plan(name=name) for name in "abc"])

    assert [item["name"] for item in answer.json] == ["a", "b", "c"]
    assert [item["upload_id"] for item in answer.json] == [item["upload_id"] for item in database.inbox]


@pytest.mark.parametrize(
    ("item", "name", "pointer"),
    [
        (plan(content=5), "calm-river-otter", "/content"),
        (plan(content=None), "calm-river-otter", "/content"),
        (plan(name=5), None, "/name"),
        (5, None, ""),
        (None, None, ""),
    ],
)
def test_one_bad_plan_of_a_batch_lies_in_quarantine_as_a_plan(
    api: Api, database: FakeDatabase, item: object, name: str | None, pointer: str
) -> None:
    answer = api.post(PLAN_BATCH, [plan(), item, plan()])

    bad = answer.json[1]
    assert [told["status"] for told in answer.json] == ["ok", "error", "ok"]
    assert (bad["name"], bad["reason"], bad["errors"][0]["pointer"]) == (name, "invalid_value", pointer)
    assert (database.inbox[1]["kind"], database.inbox[1]["name"]) == ("plan", name or "")


def test_a_bad_plan_of_somebody_who_shares_no_text_is_kept_without_it(
    api: Api, database: FakeDatabase
) -> None:
    api.post(
        PLAN_BATCH, [plan(title=["a secret plan"]), ["a secret plan"], plan(name={"a secret plan": 1})], "bob"
    )

    assert "a secret plan" not in repr(database.inbox)


def test_an_admin_may_let_in_what_is_right_of_a_plan(api: Api, database: FakeDatabase) -> None:
    api.post(PLAN_BATCH, [plan(content=5)])

    body = json.loads(database.inbox[0]["body"])
    assert (body["title"], body["content"], body["refused"]) == ("Move the cache", "", {"content": 5})


def test_no_secret_reaches_a_statement(api: Api, database: FakeDatabase) -> None:
    secret = plan(name=f"a-{KEY}", title=KEY, content=f"with {KEY}")
    answer = api.post(PLAN_BATCH, [secret, secret | {"created_at": 5}, {"name": KEY}, {KEY: KEY}])

    assert KEY not in repr([row for statement, row in database.asked if statement == "insert_uploads"])
    assert answer.json[0]["warnings"] == ["Secrets were replaced before anything was stored: 3 insights_key."]


@pytest.mark.parametrize("path", [PLANS, PLAN_BATCH])
def test_of_plans_of_a_person_at_none_nothing_is_kept(api: Api, database: FakeDatabase, path: str) -> None:
    answer = api.post(path, plan() if path == PLANS else [plan()], "charlie")

    one = answer.json if path == PLANS else answer.json[0]
    assert (one["status"], one["upload_id"]) == ("ok", None)
    assert (one["warnings"], database.inbox) == (["Nothing was kept: your share level is none."], [])


def test_too_many_plans_are_refused(api: Api, database: FakeDatabase) -> None:
    answer = api.post(PLAN_BATCH, [0] * (MAX_ITEMS + 1))

    assert (answer.status_code, answer.json["reason"], database.inbox) == (413, "too_many_items", [])


def test_what_is_no_list_is_told_what_it_should_hold(api: Api) -> None:
    assert api.post(PLAN_BATCH, plan()).json["detail"] == "must be a list of plans"


def test_an_empty_batch_is_taken_only_from_a_key_that_still_counts(api: Api, database: FakeDatabase) -> None:
    api.post(PLANS, plan())
    database.keys.clear()

    assert api.post(PLAN_BATCH, []).status_code == 401


def test_an_upload_is_told_by_its_kind(api: Api, database: FakeDatabase) -> None:
    upload_id = str(uuid4())

    assert told(api, database, upload_id=upload_id) == {
        "upload_id": upload_id,
        "kind": "session",
        "status": "pending",
        "reason": None,
        "received_at": "2026-11-22T12:00:00Z",
        "settled_at": None,
        "session_id": "s1",
    }
    assert told(api, database, kind="plan", name="otter")["name"] == "otter"


def test_an_upload_without_a_usable_name_has_none(api: Api, database: FakeDatabase) -> None:
    answer = told(api, database, name="", state="quarantined", reason="invalid_value: must be an object")

    assert (answer["session_id"], answer["status"]) == (None, "quarantined")


@pytest.mark.parametrize(
    ("state", "noted", "status", "reason"),
    [
        ("pending", "refused: constraint x_check", "pending", None),
        ("persisted", "refused: constraint x_check", "persisted", None),
        ("repeated", None, "repeated", None),
        ("quarantined", "invalid_value: tags is wrong", "quarantined", "invalid_value: tags is wrong"),
        ("quarantined", "refused: constraint x_check", "quarantined", CANNOT_BE_STORED),
        (
            "discarded",
            "invalid_value: tags is wrong",
            "quarantined",
            f"{GIVEN_UP}invalid_value: tags is wrong",
        ),
        ("discarded", "refused: constraint x_check", "quarantined", f"{GIVEN_UP}{CANNOT_BE_STORED}"),
    ],
)
def test_a_reason_is_told_of_what_is_in_quarantine_and_never_of_our_tables(
    api: Api, database: FakeDatabase, state: str, noted: str | None, status: str, reason: str | None
) -> None:
    answer = told(api, database, state=state, reason=noted)

    assert (answer["status"], answer["reason"]) == (status, reason)


@pytest.mark.parametrize(
    "upload_id", ["019ab0c4-0000-7000-8000-000000000000", "x", "1", "%00", "../me", "a" * 5000, "{}", "null"]
)
def test_what_is_not_there_is_not_found(api: Api, database: FakeDatabase, upload_id: str) -> None:
    database.answers["fetch_upload_progress"] = []
    answer = api.get(f"/api/v1/uploads/{upload_id}")

    assert (answer.status_code, answer.json["reason"]) == (404, "not_found")
    assert answer.json["detail"] == "There is nothing here"


def test_an_upload_is_asked_for_as_its_owners(api: Api, database: FakeDatabase) -> None:
    told(api, database, upload_id="6f1c1c7e-3f0b-4c8e-9a55-0d1d3f6f2a10")

    assert (
        "fetch_upload_progress",
        {"user_id": 1, "upload_id": "6f1c1c7e-3f0b-4c8e-9a55-0d1d3f6f2a10"},
    ) in database.asked


def test_without_a_key_nothing_is_told(api: Api) -> None:
    assert api.get(f"/api/v1/uploads/{uuid4()}", person=None).status_code == 401


@pytest.mark.parametrize(("path", "document", "key"), ROUTES)
def test_an_answer_waits_until_all_is_stored(
    api: Api, database: FakeDatabase, path: str, document: object, key: str
) -> None:
    count = len(document) if isinstance(document, list) else 1
    database.answers["list_upload_states"] = [{"state": "persisted", "uploads": count}]

    answer = api.post(path, document, Prefer="respond-async, wait=30")

    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=10")
    assert key in (answer.json[0] if isinstance(answer.json, list) else answer.json)


@pytest.mark.parametrize(("path", "document", "key"), ROUTES)
def test_an_answer_that_waited_in_vain_is_the_usual_one(
    api: Api, database: FakeDatabase, path: str, document: object, key: str
) -> None:
    database.answers["list_upload_states"] = [{"state": "quarantined", "uploads": 1}]

    answer = api.post(path, document, Prefer="wait=1")

    assert (answer.status_code, "Preference-Applied" in answer.headers) == (202, False)


@pytest.mark.parametrize(
    ("path", "document", "person"),
    [
        (PLAN_BATCH, [plan(), 5], "alice"),
        (PLAN_BATCH, [], "alice"),
        (PLANS, plan(), "charlie"),
    ],
)
def test_what_will_never_be_stored_is_not_waited_for(
    api: Api, database: FakeDatabase, path: str, document: object, person: str
) -> None:
    assert api.post(path, document, person, Prefer="wait=10").status_code == 202
    assert "list_upload_states" not in [statement for statement, _ in database.asked]


def test_the_bell_is_rung_before_anybody_waits(
    api: Api, database: FakeDatabase, notifier: FakeNotifier
) -> None:
    rung: list[int] = []
    database._list_upload_states = lambda **_: rung.append(notifier.rings) or []  # type: ignore[attr-defined]

    api.post(PLANS, plan(), Prefer="wait=1")

    assert rung == [1]
