"""What a person sees and decides about the own data."""

import pytest

from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import NOW, FakeDatabase

SETTINGS = "/api/v1/me/settings"
JSON = {"Content-Type": "application/json"}


def put(api: Api, body: str, person: str = "alice") -> tuple[int, dict[str, object]]:
    answer = api.call("PUT", SETTINGS, person, body=body, headers=JSON)
    return answer.status_code, answer.json


def test_a_person_sees_settings_and_figures(api: Api, database: FakeDatabase) -> None:
    tokens = {
        "total_tokens_in": 10,
        "total_tokens_out": 5,
        "cache_read_tokens": 7,
        "cache_creation_tokens": 1,
    }
    database.answers["fetch_own_figures"] = [{"sessions_count": 3, "last_upload_at": NOW} | tokens]

    assert api.get("/api/v1/me").json == tokens | {
        "username": "alice",
        "email": "alice@example.org",
        "role": "member",
        "share_level": "full",
        "show_in_leaderboard": True,
        "sessions_count": 3,
        "total_tokens": 15,
        "last_upload_at": "2026-11-22T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("body", "level", "shown"),
    [
        ("{}", "metadata", True),
        ('{"share_level": "full"}', "full", True),
        ('{"show_in_leaderboard": false}', "metadata", False),
        ('{"share_level": null, "show_in_leaderboard": null}', "metadata", True),
        ('{"share_level": "none", "show_in_leaderboard": false, "theme": "dark"}', "none", False),
    ],
)
def test_what_is_sent_changes_and_the_rest_stays(api: Api, body: str, level: str, shown: bool) -> None:
    status, told = put(api, body, "bob")

    assert status == 200
    assert (told["share_level"], told["show_in_leaderboard"]) == (level, shown)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ('{"share_level": "some"}', ["/share_level"]),
        ('{"share_level": 5}', ["/share_level"]),
        ('{"share_level": ["full"]}', ["/share_level"]),
        ('{"show_in_leaderboard": "no"}', ["/show_in_leaderboard"]),
        ('{"share_level": "", "show_in_leaderboard": 0}', ["/share_level", "/show_in_leaderboard"]),
        ("[]", [""]),
        ("null", [""]),
    ],
)
def test_unknown_values_are_refused_and_change_nothing(
    api: Api, database: FakeDatabase, body: str, pointers: list[str]
) -> None:
    status, told = put(api, body)

    assert (status, [error["pointer"] for error in told["errors"]]) == (422, pointers)  # type: ignore[attr-defined]
    assert database.people[0]["share_level"] == "full"


def test_lowering_the_level_purges_and_says_so(api: Api, database: FakeDatabase) -> None:
    _, told = put(api, '{"share_level": "metadata"}')

    assert told["purged"] is True and told["warnings"]
    assert "request_text_purge" in database.purged


def test_raising_the_level_purges_nothing(api: Api, database: FakeDatabase) -> None:
    _, told = put(api, '{"share_level": "full"}', "bob")

    assert (told["purged"], told["warnings"], database.purged) == (False, [], [])


def test_a_change_is_noted_in_the_audit_log(api: Api, database: FakeDatabase) -> None:
    put(api, '{"share_level": "none"}')

    assert [(entry["actor_id"], entry["action"]) for entry in database.audit] == [(1, "settings.changed")]


def test_who_is_deleted_in_the_midst_of_a_request_is_nobody(api: Api, database: FakeDatabase) -> None:
    database.answers["account_lock"] = []

    status, told = put(api, '{"share_level": "none"}')

    assert (status, told["reason"]) == (401, "unauthorized")


def test_text_that_takes_a_while_to_go_is_said_to(api: Api, database: FakeDatabase) -> None:
    database.answers["text_purge_of"] = [{"last_inbox_id": 1}]

    _, told = put(api, '{"share_level": "metadata"}')

    assert (told["purged"], "takes a while" in str(told["warnings"])) == (False, True)
