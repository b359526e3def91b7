"""The Me page: my own figures, sessions, settings, keys and data, and nobody else's by any request."""

import json
import re
from itertools import chain
from typing import Any

import pytest

from db import audit
from db.accounts import administration, api_keys, users
from db.accounts.account_records import Account, ApiKey
from db.accounts.api_keys import new_key
from db.connection import Database
from db.lifecycle import deletions
from tasks.rollups import rollup
from tests.integration.analytics_app.conftest import PASSWORD, Visit, Visitor
from tests.integration.analytics_app.reading import texts
from tests.integration.uploads import settle, upload, upload_plan

TEXT = {"sequence": 0, "timestamp": None, "role": "user", "content": "<img src=x onerror=alert(1)> a secret"}


@pytest.fixture
def worked(database: Database, alice: Account, bob: Account) -> None:
    """Alice worked twice and shares her text, Bob once."""
    rollup.begin_in_zone(database, "UTC")
    upload(database, alice, "a1", messages=[TEXT])
    upload(database, alice, "a2", project_name="docs", started_at="2026-11-21T10:00:00Z", ended_at=None)
    upload(database, bob, "b1", project_name="of-bob")
    upload_plan(database, alice)
    settle(database)


def me(visitor: Visitor, search: str = "") -> dict[str, Any]:
    """The parts of the page that figures fill."""
    answer = visitor.call("me-tiles.children", {"url.search": search})
    parts: dict[str, Any] = answer.get_json()["response"]
    return parts


def session_page(visitor: Visitor, path: str) -> str:
    return visitor.call("session-body.children", {"url.pathname": path, "theme.data": "light"}).text


def key_of(database: Database, person: Account, label: str = "laptop") -> tuple[str, ApiKey]:
    made = new_key("dkd_sk_")
    issued = users.issue_key(
        database, user_id=person.user_id, label=label, prefix=made.prefix, key_hash=made.key_hash
    )
    return made.raw, issued


def again(database: Database, person: Account) -> Account:
    found = users.fetch_account(database, person.user_id)
    assert found is not None
    return found


def test_own_figures_are_beside_the_average_of_active_people(
    visit: Visit, worked: None, alice: Account
) -> None:
    parts = me(visit(alice))
    lang = texts(parts["me-tiles"]["children"])
    assert "Sessions 2 ▲   33% more vs 2" in lang
    assert "of the 2 people" in parts["me-compared"]["children"]


def test_the_list_has_own_sessions_only(visit: Visit, worked: None, alice: Account, bob: Account) -> None:
    lang = texts(me(visit(alice))["sessions-rows"]["children"])
    assert "shop" in lang
    assert "of-bob" not in lang


@pytest.mark.parametrize(
    ("search", "first"),
    [("", "docs"), ("?sort=started", "shop"), ("?sort=-messages", "docs"), ("?q=SHO", "shop")],
)
def test_the_address_sorts_and_searches_the_list(
    visit: Visit, worked: None, alice: Account, search: str, first: str
) -> None:
    lang = texts(me(visit(alice), search)["sessions-rows"]["children"])
    assert min(lang.find(name) for name in ("shop", "docs") if name in lang) == lang.find(first)


@pytest.mark.parametrize("typed", ["%", "_", "\\", "%25", "'; DROP TABLE sessions"])
def test_a_search_has_no_wildcards(visit: Visit, worked: None, alice: Account, typed: str) -> None:
    lang = texts(me(visit(alice), f"?q={typed}")["sessions-rows"]["children"])
    assert "No session matches" in lang


def test_pages_of_the_list_hold_every_session_once(database: Database, visit: Visit, alice: Account) -> None:
    rollup.begin_in_zone(database, "UTC")
    for number in range(33):
        upload(database, alice, f"s{number:02d}", project_name=f"p{number:02d}")
    settle(database)
    visitor = visit(alice)
    shown = [
        re.findall(r"p\d\d", texts(me(visitor, f"?page={page}")["sessions-rows"]["children"]))
        for page in (1, 2, 3)
    ]
    assert sorted(chain(*shown)) == [f"p{number:02d}" for number in range(33)]


def test_the_text_of_a_session_is_no_markup(visit: Visit, worked: None, alice: Account) -> None:
    answer = session_page(visit(alice), "/me/sessions/a1")
    assert f'"props": {json.dumps({"children": TEXT["content"]})}, "type": "Pre"' in json.dumps(
        json.loads(answer)
    )


def test_terminal_colours_are_removed(database: Database, visit: Visit, alice: Account) -> None:
    upload(database, alice, "red", messages=[TEXT | {"content": "\x1b[1;31m2 failed\x1b[0m, 3 passed"}])
    settle(database)

    assert '{"children":"2 failed, 3 passed"}' in session_page(visit(alice), "/me/sessions/red")


@pytest.mark.parametrize("path", ["/me/sessions/a1", "/me/sessions/%61%31", "/me/sessions/../sessions/a1"])
def test_a_session_opens_for_its_owner_only(
    visit: Visit, worked: None, bob: Account, admin: Account, path: str
) -> None:
    for person in (bob, admin):
        answer = session_page(visit(person), path)
        assert ("You have no session of this name" in answer, "secret" in answer) == (True, False)


def test_equal_session_ids_of_two_people_stay_apart(
    visit: Visit, worked: None, database: Database, bob: Account
) -> None:
    upload(database, bob, "a1", project_name="mine-too")
    settle(database)
    answer = session_page(visit(bob), "/me/sessions/a1")
    assert ("mine-too" in answer, "secret" in answer) == (True, False)


def test_text_that_is_being_deleted_is_not_shown(
    visit: Visit, worked: None, database: Database, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(alice)
    monkeypatch.setattr(users, "PURGE_SECONDS", 0)
    users.change_settings(database, alice.user_id, share_level="metadata")
    assert "secret" not in session_page(visitor, "/me/sessions/a1")
    assert "secret" not in visitor.get("/me/data.json").text


def test_lowering_the_level_deletes_the_text_and_says_so(
    visit: Visit, worked: None, database: Database, alice: Account
) -> None:
    visitor = visit(alice)
    answer = visitor.call(
        "me-privacy.children",
        {'{"level":["ALL"]}.n_clicks': {"metadata": 1}},
        '{"level":"metadata"}.n_clicks',
    )
    assert "Your text is deleted." in answer.text
    assert again(database, alice).share_level == "metadata"
    assert database.fetch("test_text_left")[0]["messages"] == 0


def test_the_leaderboard_is_left_and_joined_with_one_click(
    visit: Visit, database: Database, alice: Account
) -> None:
    visitor, seen = visit(alice), []
    for _ in range(2):
        visitor.call("me-privacy.children", {"me-leaderboard.n_clicks": 1}, "me-leaderboard.n_clicks")
        seen.append(again(database, alice).show_in_leaderboard)
    assert seen == [False, True]


@pytest.mark.parametrize("level", ["everything", "", 7, None])
def test_an_unknown_level_changes_nothing(
    visit: Visit, database: Database, alice: Account, level: object
) -> None:
    answer = visit(alice).call(
        "me-privacy.children",
        {'{"level":["ALL"]}.n_clicks': {level: 1}},
        json.dumps({"level": level}) + ".n_clicks",
    )
    assert answer.status_code in {200, 204, 400}
    assert again(database, alice).share_level == "full"


def make_key(visitor: Visitor, label: str, end: str = "0") -> str:
    values = {"own-key-form.n_submit": 1, "own-key-label.value": label, "own-key-end.value": end}
    return visitor.call("own-keys.children", values, "own-key-form.n_submit").text


def stop_key(visitor: Visitor, key_id: object) -> str:
    values = {'{"own-key":["ALL"]}.n_clicks': {key_id: 1}}
    trigger = json.dumps({"own-key": key_id}, separators=(",", ":")) + ".n_clicks"
    return visitor.call("own-keys.children", values, trigger).text


def test_an_own_key_uploads_and_is_shown_once(visit: Visit, database: Database, alice: Account) -> None:
    found = re.search(r"dkd_sk_[A-Za-z0-9_-]{43}", make_key(visit(alice), "laptop"))
    assert found is not None
    caller = users.fetch_caller(database, api_keys.hash_key(found.group()))
    assert caller is not None
    assert caller.account.user_id == alice.user_id
    assert found.group() not in str(audit.list_audit_entries(database, limit=100))


def test_a_key_can_end_by_itself(visit: Visit, database: Database, alice: Account) -> None:
    make_key(visit(alice), "guest", "30")
    [key] = users.list_keys(database, alice.user_id)
    assert key.expires_at is not None
    assert key.expires_at.isoformat() == "2026-12-22T12:00:00+00:00"


def test_a_key_beyond_the_limit_is_not_made(
    visit: Visit, database: Database, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MAX_KEYS", 0)
    assert "too many keys" in make_key(visit(alice), "laptop")
    assert users.list_keys(database, alice.user_id) == []


def test_an_owner_stops_their_key(visit: Visit, database: Database, alice: Account) -> None:
    raw, key = key_of(database, alice)
    assert "The key is stopped." in stop_key(visit(alice), key.key_id)
    assert users.fetch_caller(database, api_keys.hash_key(raw)) is None


def test_a_key_is_stopped_by_its_owner_only(
    visit: Visit, database: Database, alice: Account, bob: Account
) -> None:
    raw, key = key_of(database, alice)
    answer = stop_key(visit(bob), key.key_id)
    assert ("The key is stopped." in answer, key.prefix in answer) == (False, False)
    assert users.fetch_caller(database, api_keys.hash_key(raw)) is not None


def change_password(visitor: Visitor, old: object, new: object, again: object) -> str:
    values = {
        "password-form.n_submit": 1,
        "password-old.value": old,
        "password-new.value": new,
        "password-again.value": again,
    }
    return visitor.call("password-problem.children", values, "password-form.n_submit").text


def test_a_new_password_ends_the_other_logins_and_keeps_this_one(visit: Visit, alice: Account) -> None:
    # The second visit ends the first login already, so the other one logs in by itself.
    visitor = visit(alice)
    other = Visitor(visitor.app)
    other.log_in("alice")
    assert "Changed." in change_password(visitor, PASSWORD, "a new long one", "a new long one")
    assert (visitor.get("/me").status_code, other.get("/me").status_code) == (200, 302)
    assert Visitor(visitor.app).log_in("alice", "a new long one").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "a new long one", "a new long one"),
        (PASSWORD, "a new long one", "another one"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "password12", "password12"),
        (PASSWORD, "x" * 1001, "x" * 1001),
        (None, "a new long one", "a new long one"),
        ("\ud800", "a new long one", "a new long one"),
        (PASSWORD, "\ud800 a new long one", "\ud800 a new long one"),
    ],
)
def test_an_invalid_new_password_changes_nothing(
    visit: Visit, alice: Account, old: object, new: object, again: object
) -> None:
    visitor = visit(alice)
    assert "Changed." not in change_password(visitor, old, new, again)
    assert Visitor(visitor.app).log_in("alice").status_code == 303


def test_guesses_of_the_old_password_are_limited(visit: Visit, alice: Account) -> None:
    visitor = visit(alice)
    for _ in range(10):
        change_password(visitor, "a guess", "a new long one", "a new long one")
    assert "too often" in change_password(visitor, PASSWORD, "a new long one", "a new long one")


def test_preferences_are_stored_and_take_effect_at_once(
    visit: Visit, database: Database, alice: Account
) -> None:
    visitor = visit(alice)
    answer = visitor.form("/me/preferences", locale="de", time_zone="Asia/Tokyo", theme="dark")
    changed = again(database, alice)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert (changed.locale, changed.time_zone, changed.theme) == ("de", "Asia/Tokyo", "dark")
    assert 'lang="de" data-theme-default="dark"' in visitor.get("/me").text


def test_times_are_in_the_preferred_zone(visit: Visit, worked: None, alice: Account) -> None:
    visitor = visit(alice)
    visitor.form("/me/preferences", locale="en", time_zone="Asia/Tokyo", theme="*")
    assert "19:00" in texts(me(visitor)["sessions-rows"]["children"])


def test_unknown_preferences_count_as_none(visit: Visit, database: Database, alice: Account) -> None:
    visit(alice).form("/me/preferences", locale="xx", time_zone="../etc/passwd", theme="blue")
    changed = again(database, alice)
    assert (changed.locale, changed.time_zone, changed.theme) == (None, None, None)


def test_the_download_holds_all_own_data_and_nothing_else(
    visit: Visit, worked: None, database: Database, alice: Account
) -> None:
    _, key = key_of(database, alice)
    answer = visit(alice).get("/me/data.json")
    data = json.loads(answer.text)
    assert [session["session_id"] for session in data["sessions"]] == ["a1", "a2"]
    assert data["sessions"][0]["messages"][0]["content"] == TEXT["content"]
    assert [plan["content"] for plan in data["plans"]] == ["# Move the cache\n"]
    assert key.prefix in str(data["keys"])
    assert not re.search("of-bob|bob|argon2|key_hash|user_id", answer.text)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def delete_data(visitor: Visitor, typed: object) -> str:
    values = {"deletion-form.n_submit": 1, "deletion-name.value": typed}
    return visitor.call("deletion-state.children", values, "deletion-form.n_submit").text


def test_typing_the_name_deletes_all_own_data(
    visit: Visit, worked: None, database: Database, alice: Account
) -> None:
    assert "Your data is deleted." in delete_data(visit(alice), " alice ")
    assert database.fetch("test_session", user_id=alice.user_id) == []


@pytest.mark.parametrize("typed", ["", "bob", None, 7, "Alice"])
def test_without_the_name_nothing_is_deleted(
    visit: Visit, worked: None, database: Database, alice: Account, typed: object
) -> None:
    delete_data(visit(alice), typed)
    assert deletions.fetch_open_deletion(database, alice.user_id) is None


def test_a_page_without_a_session_says_what_to_do(visit: Visit, bob: Account) -> None:
    parts = me(visit(bob))
    assert "Connect a client" in texts(parts["sessions-rows"]["children"])
    assert "Nobody was active" in parts["me-compared"]["children"]


def test_the_history_shows_what_was_done_and_by_whom(
    visit: Visit, admin: Account, alice: Account, bob: Account, database: Database
) -> None:
    for person in (alice, bob):
        audit.record_audit_entry(
            database,
            actor_id=admin.user_id,
            subject_id=person.user_id,
            action="person.viewed",
            detail={},
        )
    answer = visit(alice).call("content.children", {"url.pathname": "/me"})
    lang = texts(answer.get_json()["response"]["content"]["children"])
    history = lang[lang.index("By whom") :]
    assert "looked at by name ada" in history
    assert history.count("looked at by name") == 1
