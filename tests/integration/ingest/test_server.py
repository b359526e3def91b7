"""The app as it really runs: under gunicorn, over TCP, with bodies as clients send them."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.accounts.account_records import Account
from db.connection import Database
from ingest.http.body import MAX_BYTES
from tests.integration.ingest.conftest import key_of
from tests.integration.ingest.serving import call, serving
from tests.unit.ingest.wire import session


@pytest.fixture
def port(database_url: str, redis_url: str) -> Iterator[int]:
    """A running server on a database of this test's own."""
    with serving(database_url, redis_url) as (number, _):
        yield number


def test_bodies_arrive_whole_however_they_are_sent(port: int, database: Database, alice: Account) -> None:
    headers = {"X_API_Key": key_of(database, alice), "Content_Type": "application/json"}
    plain = json.dumps(session()).encode()
    packed = gzip.compress(plain)
    chunked = {"Transfer_Encoding": "chunked"}
    gzipped = {"Content_Encoding": "gzip"}

    ways = [(plain, {}), (packed, gzipped), (iter([plain]), chunked), (iter([packed]), chunked | gzipped)]
    statuses = [call(port, "POST", "/api/v1/sessions", body, **headers, **more)[0] for body, more in ways]

    assert statuses == [202] * 4


def test_bodies_over_the_limit_are_refused(port: int, database: Database, alice: Account) -> None:
    headers = {"X_API_Key": key_of(database, alice), "Content_Type": "application/json"}
    bomb = gzip.compress(b" " * (MAX_BYTES * 3))
    pieces = (b" " * 2**20 for _ in range(33))

    unpacked, _ = call(port, "POST", "/api/v1/sessions", bomb, Content_Encoding="gzip", **headers)
    chunked, _ = call(port, "POST", "/api/v1/sessions", pieces, Transfer_Encoding="chunked", **headers)

    assert (unpacked, chunked) == (413, 413)


@pytest.mark.parametrize("body", [b"zz\r\n[]\r\n0\r\n\r\n", b"2\r\n[]0\r\n\r\n", b"9\r\n[]", b"2\r\n[]\r\n"])
def test_broken_chunks_are_the_senders_mistake(
    port: int, database: Database, alice: Account, body: bytes
) -> None:
    head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nX-API-Key: {key_of(database, alice)}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        status_line = connection.makefile("rb").readline()

    assert status_line.split()[1] == b"400"


def test_a_server_that_stops_answers_those_who_wait(
    database_url: str, redis_url: str, database: Database, alice: Account
) -> None:
    headers = {"X_API_Key": key_of(database, alice), "Content_Type": "application/json", "Prefer": "wait=10"}
    body = json.dumps(session())
    with serving(database_url, redis_url) as (port, server), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, port, "POST", "/api/v1/sessions", body, **headers)
        time.sleep(1)
        server.terminate()
        status, answer = waiting.result(timeout=5)

    assert (status, answer["status"]) == (202, "ok")


def test_health_finds_both_stores(port: int) -> None:
    assert call(port, "GET", "/health") == (
        200,
        {"status": "ok", "database": "connected", "queue": "connected"},
    )
