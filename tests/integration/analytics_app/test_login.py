"""Logging in, being refused, and being logged out everywhere."""

import re
import threading
from collections.abc import Callable, Iterable

import pytest

from analytics_app.auth import login
from db.accounts import logins, passwords, users
from db.accounts.account_records import Account
from db.connection import Database
from tests.integration.analytics_app.conftest import PASSWORD, Visit, Visitor, app_on
from web.concurrency_limit import ConcurrencyLimit

Note = Callable[[Database, str, str], None]


def works(visitor: Visitor) -> bool:
    return visitor.get("/_dash-layout").status_code == 200


def test_the_right_password_opens_the_requested_page(
    anonymous: Visitor, visit: Visit, alice: Account
) -> None:
    visit(alice)
    answer = anonymous.log_in("alice", next="/?days=7")
    assert (answer.status_code, answer.location) == (303, "/?days=7")
    assert works(anonymous)


def test_another_host_is_never_the_next_page(anonymous: Visitor, visit: Visit, alice: Account) -> None:
    visit(alice)
    assert anonymous.log_in("alice", next="//evil.example/").location == "/"


@pytest.mark.parametrize("name", ["alice", "nobody", "", "\x00", "a" * 5_000, "' OR 1=1 --"])
def test_a_wrong_password_and_an_unknown_name_read_the_same(
    anonymous: Visitor, alice: Account, name: str
) -> None:
    answer = anonymous.log_in(name, "wrong")
    assert answer.status_code == 401
    assert "Name and password do not match." in answer.text


def test_the_typed_name_comes_back_escaped(anonymous: Visitor) -> None:
    answer = anonymous.log_in('"><script>alert(1)</script>', "wrong")
    assert "<script>" not in answer.text


def test_the_eleventh_attempt_is_refused_even_with_the_right_password(
    anonymous: Visitor, visit: Visit, alice: Account
) -> None:
    visit(alice)
    for _ in range(10):
        anonymous.log_in("alice", "wrong")
    answer = anonymous.log_in("alice")
    assert answer.status_code == 429
    assert "wait 15 minutes" in answer.text


def test_attempts_count_across_processes(visit: Visit, alice: Account, database: Database) -> None:
    visit(alice)
    workers = [Visitor(app_on(database)) for _ in range(2)]
    for number in range(10):
        workers[number % 2].log_in("alice", "wrong")
    assert [worker.log_in("alice").status_code for worker in workers] == [429, 429]


def test_parallel_attempts_do_not_exceed_the_limit(
    anonymous: Visitor, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def while_the_next_one_knocks(_hash: str | None, password: str) -> bool:
        looked_at.append(password)
        if len(looked_at) < 20:
            knocking = threading.Thread(target=Visitor(anonymous.app).log_in, args=("alice", "wrong"))
            knocking.start()
            knocking.join()
        return False

    monkeypatch.setattr(login, "_hashing", threading.BoundedSemaphore(20))
    monkeypatch.setattr(login, "_concurrent_logins", ConcurrencyLimit(20))
    monkeypatch.setattr(passwords, "verify_password", while_the_next_one_knocks)
    anonymous.log_in("alice", "wrong")
    assert len(looked_at) == 10


def test_an_attempt_in_between_counts_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(database, "127.0.0.1", ["alice"] * 9)

    def two_at_once(
        db: Database, username: str, address: str, note: Note = logins.record_login_failure
    ) -> None:
        note(db, username, address)
        note(db, username, address)

    monkeypatch.setattr(logins, "record_login_failure", two_at_once)
    assert not login.count_attempt(database, "alice", "127.0.0.1")


def test_a_login_without_a_free_slot_is_a_503(
    anonymous: Visitor, visit: Visit, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(alice)
    slots = ConcurrencyLimit(1)
    monkeypatch.setattr(login, "_concurrent_logins", slots)
    slots.acquire("127.0.0.1")
    answer = anonymous.log_in("alice")
    slots.release("127.0.0.1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert [Visitor(anonymous.app).log_in("alice").status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize("typed", ["alice", "alice@example.org", "hunter2-and-more"])
def test_the_name_of_a_failed_login_is_not_stored(anonymous: Visitor, database: Database, typed: str) -> None:
    anonymous.log_in(typed, "wrong")
    [row] = database.fetch("test_login_failures")
    assert (
        typed in row["known"],
        logins.count_recent_login_failures(database, typed, "127.0.0.1").of_name,
    ) == (False, 1)


def test_the_throttle_of_one_name_leaves_the_others_alone(
    anonymous: Visitor, visit: Visit, alice: Account
) -> None:
    visit(alice)
    for _ in range(10):
        anonymous.log_in("bob", "wrong")
    assert anonymous.log_in("alice").status_code == 303


def test_a_successful_login_clears_the_failures(anonymous: Visitor, visit: Visit, alice: Account) -> None:
    visit(alice)
    for _ in range(9):
        anonymous.log_in("alice", "wrong")
    anonymous.log_in("alice")
    again = [Visitor(anonymous.app).log_in("alice", "wrong").status_code for _ in range(2)]
    assert again == [401, 401]


def fail(database: Database, address: str, names: Iterable[str]) -> None:
    for name in names:
        logins.record_login_failure(database, name, address)


def test_an_address_that_tries_many_names_is_refused(
    anonymous: Visitor, visit: Visit, alice: Account, database: Database
) -> None:
    visit(alice)
    fail(database, "127.0.0.1", (f"name{number}" for number in range(60)))
    assert anonymous.log_in("alice").status_code == 429


def test_a_few_failures_from_an_address_stop_nobody_there(
    anonymous: Visitor, visit: Visit, alice: Account, database: Database
) -> None:
    visit(alice)
    fail(database, "127.0.0.1", (f"name{number}" for number in range(59)))
    assert anonymous.log_in("alice").status_code == 303


@pytest.mark.parametrize(("proxies", "status"), [(0, 303), (1, 429), (2, 303)])
def test_the_address_of_a_visitor_comes_from_as_many_proxies_as_are_trusted(
    visit: Visit, alice: Account, database: Database, proxies: int, status: int
) -> None:
    visit(alice)
    fail(database, "203.0.113.7", ["alice"] * 10)
    behind = Visitor(app_on(database, trusted_proxies=proxies))
    behind.headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    assert behind.log_in("alice").status_code == status


@pytest.mark.parametrize(("proxies", "told"), [(0, "https"), (1, "https"), (2, "https, http")])
def test_cookies_are_secure_behind_a_trusted_https_proxy(database: Database, proxies: int, told: str) -> None:
    behind = Visitor(app_on(database, trusted_proxies=proxies))
    answer = behind.get("/login", headers={"X-Forwarded-Proto": told})
    assert ("Secure" in answer.headers["Set-Cookie"]) == bool(proxies)


def test_a_form_token_from_before_the_login_is_refused(
    anonymous: Visitor, visit: Visit, alice: Account
) -> None:
    visit(alice)
    found = re.search(r'name="csrf_token" value="([^"]+)"', anonymous.get("/login").text)
    assert found is not None
    anonymous.log_in("alice")
    answer = anonymous.open("POST", "/logout", data={"csrf_token": found.group(1)})
    assert (answer.status_code, works(anonymous)) == (400, True)


def test_a_form_without_its_token_is_refused(anonymous: Visitor, visit: Visit, alice: Account) -> None:
    visit(alice)
    answer = anonymous.open("POST", "/login", data={"username": "alice", "password": PASSWORD})
    assert (answer.status_code, works(anonymous)) == (400, False)


def test_logging_out_ends_every_login_of_the_person(visit: Visit, alice: Account) -> None:
    here = visit(alice)
    there = Visitor(here.app)
    there.log_in("alice")
    assert here.form("/logout").location == "/login"
    assert (works(here), works(there)) == (False, False)


def test_a_stolen_cookie_is_refused_after_the_logout(visit: Visit, alice: Account) -> None:
    visitor = visit(alice)
    stolen = visitor.cookie("insights_session")
    visitor.form("/logout")
    thief = Visitor(visitor.app)
    thief.client.set_cookie("insights_session", stolen)
    assert not works(thief)


def test_a_new_password_ends_every_login(visit: Visit, alice: Account, database: Database) -> None:
    visitor = visit(alice)
    users.set_password(database, alice.user_id, passwords.hash_password("another one"))
    assert not works(visitor)


@pytest.mark.parametrize("statement", ["test_deactivate", "test_promote"])
def test_a_changed_person_must_log_in_again(
    visit: Visit, alice: Account, database: Database, statement: str
) -> None:
    visitor = visit(alice)
    database.execute(statement, user_id=alice.user_id)
    assert not works(visitor)


@pytest.mark.parametrize("change", [("test_deactivate", "test_reactivate"), ("test_promote", "test_demote")])
def test_a_reverted_change_revives_no_login(
    visit: Visit, alice: Account, database: Database, change: tuple[str, str]
) -> None:
    visitor = visit(alice)
    for statement in change:
        database.execute(statement, user_id=alice.user_id)
    assert not works(visitor)


def test_a_person_without_a_password_cannot_log_in(anonymous: Visitor, alice: Account) -> None:
    assert anonymous.log_in("alice", "").status_code == 401


def test_the_form_is_in_the_browsers_language(anonymous: Visitor) -> None:
    assert "Passwort" in anonymous.get("/login", headers={"Accept-Language": "de-AT,de;q=0.9"}).text


def test_a_chosen_language_is_remembered(visit: Visit, alice: Account) -> None:
    visitor = visit(alice)
    answer = visitor.form("/language", language="de", next="/?days=7")
    assert answer.location == "/?days=7"
    assert 'lang="de"' in visitor.get("/").text
