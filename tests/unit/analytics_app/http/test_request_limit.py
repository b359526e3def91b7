"""One person's parallel requests are limited; those of other people are not affected."""

import threading
from collections.abc import Callable, Iterator

import flask
import pytest
from flask_login import LoginManager

from analytics_app.auth.guard import Person
from analytics_app.http import request_limit
from db.accounts.account_records import Account


def status(server: flask.Flask, path: str, user_id: int = 1) -> int:
    """The status of a request from a thread of its own, as if from another window."""
    found: list[int] = []

    def ask() -> None:
        found.append(server.test_client().get(path, headers={"Person": str(user_id)}).status_code)

    window = threading.Thread(target=ask)
    window.start()
    window.join()
    return found[0]


@pytest.fixture
def server(account: Callable[[int], Account]) -> flask.Flask:
    """A limit of two, a page that requests another one while it is made, and a streamed file."""
    server = flask.Flask(__name__)
    manager = LoginManager(server)
    manager.request_loader(lambda request: Person(account(int(request.headers["Person"]))))
    request_limit.install(server, max_concurrent=2)

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


@pytest.mark.parametrize(("deep", "expected"), [(0, 200), (1, 200), (2, 429)])
def test_the_third_parallel_request_of_one_person_is_refused(
    server: flask.Flask, deep: int, expected: int
) -> None:
    assert status(server, f"/csv/{deep}") == expected


def test_the_limit_is_of_each_person(server: flask.Flask) -> None:
    assert status(server, "/csv/2?then=2") == 200


def test_static_files_are_not_limited(server: flask.Flask) -> None:
    assert status(server, "/assets/5") == 200


def test_a_refused_request_holds_no_slot(server: flask.Flask) -> None:
    assert [status(server, "/csv/2") for _ in range(3)] == [429] * 3
    assert status(server, "/csv/1") == 200


def test_a_download_holds_its_slot_until_it_is_sent(server: flask.Flask) -> None:
    client = server.test_client()
    downloads = [client.get("/me/data.json", headers={"Person": "1"}) for _ in range(2)]
    refused = status(server, "/csv/0")
    downloads[0].close()
    assert (refused, status(server, "/csv/0")) == (429, 200)
