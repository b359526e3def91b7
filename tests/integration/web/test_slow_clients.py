"""A web process as it really runs, while clients send slowly, send nothing, read nothing, or are refused."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psutil
import pytest

from db.connection import Database
from ingest.http.body import MAX_BYTES
from tests.integration.conftest import fresh_database
from tests.integration.ingest.conftest import key_of
from tests.integration.ingest.serving import serving
from tests.integration.people import enrol
from web.gevent_worker import PIECE_SECONDS

SLOW = 50
#: Connections of a crowd; 3,000 in the long form.
CROWD = int(os.environ.get("CROWD", "600"))
#: 300 in the long form; each is 32 MiB.
REFUSED_BODIES = int(os.environ.get("REFUSED_BODIES", "30"))
MEBIBYTE = 1024 * 1024
LONG = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
NORMAL = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = NORMAL.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
#: What a client sends at once, before it goes on with a byte at a time, or not at all.
BODIES = {
    "a slow body": b"Content-Length: 1000\r\n\r\n{",
    "slow chunks": b"Transfer-Encoding: chunked\r\n\r\nffff\r\n",
    "a slow large body": b"Content-Length: 30000000\r\n\r\n" + b" " * 100_000,
}
HEADS = {"slow headers": b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\n", "nothing at all": b""}


@dataclass(frozen=True)
class Server:
    """A running ingest, and the keys of two people."""

    port: int
    pid: int
    key: str
    other_key: str

    def post(self, rest: bytes, key: str | None = None) -> bytes:
        """An upload from its request line on; `rest` ends the head."""
        head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nX-API-Key: {key or self.key}\r\n"
        return f"{head}Content-Type: application/json\r\n".encode() + rest

    def worker_bytes(self) -> list[int]:
        """The resident memory of each worker."""
        return [worker.memory_info().rss for worker in psutil.Process(self.pid).children()]


@pytest.fixture(scope="module")
def server(postgres: str, valkey: str) -> Iterator[Server]:
    """As the Procfile starts it."""
    with fresh_database(postgres) as url:
        database = Database(url, pool_size=1)
        keys = [key_of(database, enrol(database, name)) for name in ("alice", "bob")]
        database.close()
        with serving(url, valkey, "--workers", "2") as (port, process):
            yield Server(port, process.pid, *keys)


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many open sockets as a crowd needs."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PIECE_SECONDS * 3)


def heard(line: socket.socket) -> bytes:
    """Everything the server says until it hangs up."""
    try:
        return b"".join(iter(lambda: line.recv(65536), b""))
    except ConnectionResetError:
        return b""


def milliseconds(port: int, count: int) -> list[float]:
    """How long normal requests take, one after the other, each on a connection of its own."""
    times = []
    for _ in range(count):
        began = time.monotonic()
        with connect(port) as line:
            line.sendall(NORMAL)
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
        times.append((time.monotonic() - began) * 1000)
        time.sleep(0.01)
    return sorted(times)


def drip(lines: list[socket.socket], stop: threading.Event) -> None:
    """One byte a moment on each line, for as long as anybody takes it."""
    while not stop.wait(0.5):
        for line in lines:
            try:
                line.send(b" ")
            except OSError:
                continue


@pytest.mark.parametrize("name", [*BODIES, *HEADS])
def test_fifty_slow_senders_hold_up_nobody(server: Server, name: str) -> None:
    beginning = server.post(BODIES[name]) if name in BODIES else HEADS[name]
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server.port)) for _ in range(SLOW)]:
            line.sendall(beginning)
        times = milliseconds(server.port, 200)

    assert times[-2] < 500


def test_a_slow_body_is_answered_with_a_reason_and_a_slow_head_is_cut(server: Server) -> None:
    stop, began = threading.Event(), time.monotonic()
    with ExitStack() as stack:
        lines = {name: stack.enter_context(connect(server.port)) for name in [*BODIES, *HEADS]}
        for name, line in lines.items():
            line.sendall(server.post(BODIES[name]) if name in BODIES else HEADS[name])
        dripping = [line for name, line in lines.items() if name != "nothing at all"]
        thread = threading.Thread(target=drip, args=(dripping, stop))
        thread.start()
        answers = {name: heard(line) for name, line in lines.items()}
        stop.set()
        thread.join()

    assert time.monotonic() - began < 20
    assert [answers.pop(name) for name in HEADS] == [b"", b""]
    assert all(b" 408 " in answer and b"request_timeout" in answer for answer in answers.values()), answers


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 33554432\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"]
)
def test_a_bad_key_is_answered_before_the_body_is_sent(server: Server, framing: bytes) -> None:
    with connect(server.port) as line:
        line.sendall(server.post(framing, key="dkd_sk_nobody"))
        line.settimeout(2)
        answer = line.recv(65536)

    assert answer.startswith(b"HTTP/1.1 401") and b"Connection: close" in answer


def test_refused_bodies_are_freed(server: Server) -> None:
    head, body = server.post(b"Content-Length: 33554432\r\n\r\n", key="dkd_sk_nobody"), b" " * MAX_BYTES
    before, highest = max(server.worker_bytes()), 0
    for _ in range(REFUSED_BODIES):
        with connect(server.port) as line:
            line.sendall(head)
            try:
                line.sendall(body)
            except OSError:
                continue
            assert heard(line).startswith(b"HTTP/1.1 401")
        highest = max(highest, *server.worker_bytes())

    assert highest - before < 32 * MEBIBYTE


def test_who_never_hangs_up_holds_up_nobody(server: Server) -> None:
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server.port)) for _ in range(SLOW)]:
            line.sendall(LAST)
        times = milliseconds(server.port, 50)

    assert times[-1] < 500


def test_a_body_in_many_pieces_arrives(server: Server) -> None:
    with connect(server.port) as line:
        line.sendall(server.post(b"Connection: close\r\nContent-Length: 42\r\n\r\n"))
        for _ in range(8):
            time.sleep(0.02)
            line.sendall(b"     ")
        line.sendall(b"[]")
        answer = heard(line)

    assert answer.startswith(b"HTTP/1.1 422")


def test_a_client_that_waits_to_be_told_to_go_on_is_told(server: Server) -> None:
    with connect(server.port) as line:
        line.sendall(server.post(b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"))
        assert line.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"[]")
        answer = heard(line)

    assert answer.startswith(b"HTTP/1.1 422")


def test_requests_sent_in_one_breath_are_all_answered(server: Server) -> None:
    with connect(server.port) as line:
        line.sendall(NORMAL * 3 + LAST)
        answers = heard(line)

    assert answers.count(b"HTTP/1.1 200 OK") == 4


def test_a_body_refused_unread_is_never_taken_for_a_request(server: Server) -> None:
    with connect(server.port) as line:
        line.sendall(server.post(b"Content-Length: 99999999\r\n\r\n"))
        time.sleep(0.2)
        line.sendall(NORMAL * 3)
        answers = heard(line)

    assert answers.count(b"HTTP/1.1") == 1


def test_bodies_that_are_only_announced_take_nobodys_room(server: Server) -> None:
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server.port)) for _ in range(60)]:
            line.sendall(server.post(b"Content-Length: 33500000\r\n\r\n" + b" " * 70_000))
        with connect(server.port) as line:
            large = server.post(b"Connection: close\r\nContent-Length: 900000\r\n\r\n", key=server.other_key)
            line.sendall(large + b" " * 899_998 + b"[]")
            answer = heard(line)

    assert answer.startswith(b"HTTP/1.1 422"), answer


def test_who_reads_nothing_holds_up_nobody(server: Server) -> None:
    """Far more answers than the network takes for somebody who does not read."""
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server.port)) for _ in range(20)]:
            line.setblocking(False)
            line.send(LONG * 200)
        times = milliseconds(server.port, 50)

    assert times[-1] < 3000


def test_a_slow_reader_gets_every_answer_whole(server: Server) -> None:
    with connect(server.port) as line:
        # More than the network keeps for us: the rest has to wait on the other side.
        line.sendall(LONG * 200 + LONG.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        time.sleep(1)
        answers = heard(line)

    bodies = {part.partition(b"\r\n\r\n")[2] for part in answers.split(b"HTTP/1.1 200 OK")[1:]}
    assert answers.count(b"HTTP/1.1 200 OK") == 201
    assert [json.loads(body)["openapi"] for body in bodies] == ["3.1.0"]


@pytest.mark.parametrize("name", [*BODIES, *HEADS])
def test_a_crowd_locks_nobody_out(server: Server, many_files: None, name: str) -> None:
    beginning = server.post(BODIES[name][:1000]) if name in BODIES else HEADS[name]
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server.port)) for _ in range(CROWD)]:
            line.sendall(beginning)
        times = milliseconds(server.port, 50)

    assert times[-2] < 500


#: Sends an upload whose every byte is a chunk, without pause; a process of its own, since it must be fast.
TINY_CHUNKS = """
import socket, sys
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
line.sendall(sys.argv[2].encode())
while True:
    line.sendall(b"1\\r\\n \\r\\n" * 5000)
"""


def test_bodies_in_tiny_chunks_hold_up_nobody(server: Server) -> None:
    head = server.post(b"Transfer-Encoding: chunked\r\n\r\n").decode()
    command = [sys.executable, "-c", TINY_CHUNKS, str(server.port), head]
    with ExitStack() as stack:
        for _ in range(4):
            sender = stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            stack.callback(sender.kill)
        time.sleep(1)
        times = milliseconds(server.port, 50)

    assert times[-2] < 1000
