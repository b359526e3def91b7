"""The admin CLI as an admin uses it, beside a running server: tables or JSON, exit codes, reasons on stderr."""

import json

import pytest

from tests.system.insights_server import InsightsServer

SESSION = {"session_id": "s1", "started_at": "2026-11-01T10:00:00Z"}


def test_a_new_person_has_a_key_that_works_and_a_password(insights: InsightsServer) -> None:
    person = insights.manage("create-user", "alice", "--email", "alice@example.com")

    assert set(person) == {"username", "api_key", "password"}
    assert insights.get("/api/v1/me", person["api_key"])["email"] == "alice@example.com"


def test_everybody_is_listed(insights: InsightsServer) -> None:
    assert {"username", "role", "share_level"} <= set(insights.manage("list-users")[0])


def test_a_rotated_key_stops_at_once(insights: InsightsServer) -> None:
    old = insights.manage("create-user", "rotating")["api_key"]
    new = insights.manage("rotate-key", "rotating")["api_key"]

    assert [insights.post("/api/v1/sessions", key, SESSION).status for key in (old, new)] == [401, 202]


def test_a_deleted_person_is_gone(insights: InsightsServer) -> None:
    key = insights.manage("create-user", "leaving")["api_key"]

    insights.manage("delete-user", "leaving", "--yes")

    assert insights.post("/api/v1/sessions", key, SESSION).status == 401
    assert "leaving" not in json.dumps(insights.manage("list-users"))


@pytest.mark.parametrize(
    ("words", "text", "code", "reason"),
    [
        (["create-user", "admin"], "", 1, "user already exists: admin"),
        (["create-user", "a b"], "", 1, "a name is"),
        (["create-user"], "", 2, "Missing argument"),
        (["create-user", "x", "--share-level", "some"], "", 2, "share-level"),
        (["rotate-key", "nobody"], "", 1, "no such user: nobody"),
        (["set-password", "admin"], "short\n", 1, "at least 10 characters"),
        (["set-password", "admin"], "password12\n", 1, "easy to guess"),
        (["delete-user", "admin", "--yes"], "", 1, "the last admin"),
        (["rollup", "--from", "2026-11-02", "--to", "2026-11-01"], "", 2, "--to is before --from"),
        (["export", "--from", "tomorrow", "--to", "2026-11-01"], "", 2, "tomorrow"),
        (["quarantine", "requeue", "not-an-id"], "", 2, "not-an-id"),
        (["quarantine", "discard", "00000000-0000-0000-0000-000000000000"], "", 1, "no such upload"),
        (["nonsense"], "", 2, "No such command"),
    ],
)
def test_a_refusal_has_its_code_and_a_reason_on_stderr(
    insights: InsightsServer, words: list[str], text: str, code: int, reason: str
) -> None:
    done = insights.command(*words, text=text)

    assert (done.returncode, done.stdout) == (code, "")
    assert reason in done.stderr and "Traceback" not in done.stderr


def test_a_bad_item_can_be_seen_and_given_up(insights: InsightsServer) -> None:
    key = insights.manage("create-user", "untidy")["api_key"]
    answer = insights.post("/api/v1/sessions/batch", key, [{"session_id": "bad", "started_at": "tomorrow"}])
    [item] = answer.json()

    assert item["upload_id"] in {row["upload_id"] for row in insights.manage("quarantine", "list")}
    insights.manage("quarantine", "discard", item["upload_id"])
    assert insights.manage("quarantine", "show", item["upload_id"])["state"] == "discarded"


def test_the_days_are_exported_and_recomputed(insights: InsightsServer) -> None:
    assert insights.manage("export", "--from", "2026-11-01", "--to", "2026-11-01")["folder"].endswith(
        "exports"
    )
    assert (
        insights.manage("rollup", "--from", "2026-11-01", "--to", "2026-11-01")["recomputed_days_of_people"]
        >= 0
    )
    assert insights.manage("migrate") == {"applied": 0}


def test_without_a_server_the_reason_says_what_to_do(own_insights: InsightsServer) -> None:
    done = own_insights.command("check")

    assert done.returncode == 1
    assert "no Insights is running" in done.stderr
