"""SIGTERM under load: whatever was answered is stored, and whatever was not answered was never taken."""

import http.client
import json
import socket
import threading
import time

import pytest

from db.accounts.account_records import Account
from db.connection import Database
from tests.integration.ingest.conftest import key_of
from tests.integration.ingest.serving import serving
from tests.unit.ingest.wire import session

CLIENTS = 8
#: As in the Procfile.
TWO_WORKERS = ("--workers", "2", "--graceful-timeout", "5")


class Client(threading.Thread):
    """Uploads one session after the other on kept connections, until nobody takes connections any more."""

    def __init__(self, port: int, key: str, name: str) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self.name = name
        self.answered: set[str] = set()
        self.unanswered: set[str] = set()

    def run(self) -> None:
        """Upload."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        for number in range(100_000):
            name = f"{self.name}-{number}"
            try:
                connection.request(
                    "POST", "/api/v1/sessions", json.dumps(session(session_id=name)), self.headers
                )
                response = connection.getresponse()
                response.read()
            except ConnectionRefusedError:
                return
            except ConnectionError:
                self.unanswered.add(name)
                connection.close()
            else:
                assert response.status == 202
                self.answered.add(name)


def names(database: Database) -> set[str]:
    return {row["name"] for row in database.fetch("test_names")}


@pytest.mark.parametrize("moment", [0.5, 1.1])
def test_no_upload_is_dropped_and_none_is_taken_without_an_answer(
    database_url: str, redis_url: str, database: Database, alice: Account, moment: float
) -> None:
    key = key_of(database, alice)
    with serving(database_url, redis_url, *TWO_WORKERS, INGEST_REQUESTS_PER_MINUTE="0") as (port, server):
        clients = [Client(port, key, f"client{number}") for number in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(moment)
        server.terminate()
        code = server.wait(10)
        for client in clients:
            client.join()

    stored, answered = names(database), set().union(*(client.answered for client in clients))
    assert (code, len(answered) > CLIENTS) == (0, True)
    assert stored == answered


def test_a_request_that_is_on_its_way_is_waited_for(
    database_url: str, redis_url: str, database: Database, alice: Account
) -> None:
    body = json.dumps(session()).encode()
    head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nX-API-Key: {key_of(database, alice)}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with serving(database_url, redis_url, *TWO_WORKERS) as (port, server):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(head.encode() + body[:10])
            time.sleep(0.3)
            server.terminate()
            time.sleep(1)
            line.sendall(body[10:])
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        code = server.wait(10)

    assert answer.startswith(b"HTTP/1.1 202") and b"connection: close" in answer.lower()
    assert code == 0


def test_idle_connections_delay_no_stop(database_url: str, redis_url: str) -> None:
    with serving(database_url, redis_url, *TWO_WORKERS) as (port, server):
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        time.sleep(0.2)
        began = time.monotonic()
        server.terminate()
        server.wait(10)
        seconds = time.monotonic() - began
        for line in lines:
            line.close()

    assert seconds < 4
