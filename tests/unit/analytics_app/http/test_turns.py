"""One person's requests at a time: whoever asks for much gets it in turns, and the others do not wait for it."""

import threading
from collections.abc import Callable, Iterator

import flask
import pytest
from flask_login import LoginManager

from analytics_app.auth.guard import Person
from analytics_app.http import turns
from db.accounts.account_records import Account


def status(server: flask.Flask, path: str, user_id: int = 1) -> int:
    """Asked by a thread of its own, as if by another window."""
    found: list[int] = []

    def ask() -> None:
        found.append(server.test_client().get(path, headers={"Person": str(user_id)}).status_code)

    window = threading.Thread(target=ask)
    window.start()
    window.join()
    return found[0]


@pytest.fixture
def server(account: Callable[[int], Account]) -> flask.Flask:
    """Two at a time; a page that asks for another one while it is made, and a file that is long."""
    server = flask.Flask(__name__)
    manager = LoginManager(server)
    manager.request_loader(lambda request: Person(account(int(request.headers["Person"]))))
    turns.install(server, most=2)

    @server.get("/csv/<int:deep>")
    @server.get("/assets/<int:deep>")
    def page(deep: int) -> tuple[str, int]:
        user_id = int(flask.request.args.get("then", "1"))
        kind = flask.request.path.split("/")[1]
        return ("", status(server, f"/{kind}/{deep - 1}?then={user_id}", user_id)) if deep else ("", 200)

    @server.get("/me/data.json")
    def file() -> Iterator[str]:
        yield from ("[", "]")

    return server


def test_what_is_not_over_stays_counted() -> None:
    taken = turns.ConcurrencyLimit(of_one=2)
    asked = [taken.take("alice"), taken.take("alice"), taken.take("alice")]
    taken.give_back("alice")
    assert [*asked, taken.take("alice"), taken.take("alice")] == [True, True, False, True, False]


def test_all_together_have_so_many_turns() -> None:
    taken = turns.ConcurrencyLimit(of_one=2, of_all=3)
    assert [taken.take(who) for who in ("alice", "bob", "charlie", "dana")] == [True, True, True, False]


@pytest.mark.parametrize(("deep", "told"), [(0, 200), (1, 200), (2, 429)])
def test_the_third_request_of_one_person_has_to_wait(server: flask.Flask, deep: int, told: int) -> None:
    assert status(server, f"/csv/{deep}") == told


def test_nobody_waits_for_another_person(server: flask.Flask) -> None:
    assert status(server, "/csv/2?then=2") == 200


def test_files_of_pages_are_not_counted(server: flask.Flask) -> None:
    assert status(server, "/assets/5") == 200


def test_a_refusal_takes_no_turn(server: flask.Flask) -> None:
    assert [status(server, "/csv/2") for _ in range(3)] == [429] * 3
    assert status(server, "/csv/1") == 200


def test_a_file_has_its_turn_until_it_is_sent(server: flask.Flask) -> None:
    client = server.test_client()
    downloads = [client.get("/me/data.json", headers={"Person": "1"}) for _ in range(2)]
    refused = status(server, "/csv/0")
    downloads[0].close()
    assert (refused, status(server, "/csv/0")) == (429, 200)
