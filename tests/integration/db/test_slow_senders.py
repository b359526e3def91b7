"""A web process as the Procfile starts it, while others send slowly, send nothing, read nothing, or never hang up."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from db.web_loop import SPAN_SECONDS
from tasks.processes import Probe, read_procfile

CHECKOUT = Path(__file__).parents[3]
START_SECONDS = 30
SLOW = 50
#: How many connections each worker of a small server takes at a time.
CONNECTIONS = 12
LONG = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
NORMAL = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
#: What somebody sends at once, before going on with a byte at a time, or not at all.
BEGINNINGS = {
    "a slow body": POST + b"Content-Length: 1000\r\n\r\n{",
    "slow chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n",
    "a slow large body": POST + b"Content-Length: 30000000\r\n\r\n" + b" " * 100_000,
    "slow headers": POST,
    "nothing at all": b"",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(options: str = "") -> Iterator[int]:
    """The port of a running ingest; what is asked of it here needs no store."""
    port = free_port()
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "BIND_ADDRESS": "127.0.0.1",
        "INGEST_PORT": str(port),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "GUNICORN_CMD_ARGS": options,
    }
    command = f"exec {read_procfile(CHECKOUT / 'Procfile')['ingest']}"
    with subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + START_SECONDS
        while not Probe("127.0.0.1", port).answers() and time.monotonic() < deadline:
            time.sleep(0.1)
        yield port
        process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """As the Procfile starts it."""
    with running() as port:
        yield port


@pytest.fixture
def crowded() -> Iterator[int]:
    """One that takes few connections."""
    with running(f"--worker-connections {CONNECTIONS}") as port:
        yield port


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=SPAN_SECONDS * 3)


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


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_fifty_slow_senders_hold_up_nobody(server: int, beginning: bytes) -> None:
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server)) for _ in range(SLOW)]:
            line.sendall(beginning)
        times = milliseconds(server, 200)

    assert times[-2] < 500


def test_who_drips_is_cut_with_a_reason_and_who_is_silent_without(server: int) -> None:
    stop, began = threading.Event(), time.monotonic()
    with ExitStack() as stack:
        lines = {name: stack.enter_context(connect(server)) for name in BEGINNINGS}
        for name, line in lines.items():
            line.sendall(BEGINNINGS[name])
        dripping = [line for name, line in lines.items() if name != "nothing at all"]
        thread = threading.Thread(target=drip, args=(dripping, stop))
        thread.start()
        answers = {name: heard(line) for name, line in lines.items()}
        stop.set()
        thread.join()

    assert time.monotonic() - began < 20
    assert answers.pop("nothing at all") == b""
    assert all(b"408 Request Timeout" in answer and b"slow_body" in answer for answer in answers.values())


def test_who_never_hangs_up_holds_up_nobody(server: int) -> None:
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server)) for _ in range(SLOW)]:
            line.sendall(NORMAL.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        times = milliseconds(server, 50)

    assert times[-1] < 500


def test_a_body_in_many_pieces_arrives(server: int) -> None:
    with connect(server) as line:
        line.sendall(POST + b"Connection: close\r\nContent-Length: 40\r\n\r\n")
        for _ in range(8):
            time.sleep(0.02)
            line.sendall(b"     ")
        answer = heard(line)

    # It got as far as the key, which no store is there to look up.
    assert answer.split()[1] in {b"401", b"503"}


def test_a_sender_who_waits_for_our_word_gets_it(server: int) -> None:
    with connect(server) as line:
        line.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert line.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"{}")
        answer = b""
        # gunicorn gives its own word too; any number of them may come before the answer.
        while b"application/problem+json" not in answer:
            piece = line.recv(65536)
            assert piece
            answer += piece


def test_requests_sent_in_one_breath_are_all_answered(server: int) -> None:
    with connect(server) as line:
        line.sendall(NORMAL * 3 + NORMAL.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answers = heard(line)

    assert answers.count(b"HTTP/1.1 200 OK") == 4


def test_a_body_refused_unread_is_never_taken_for_a_request(server: int) -> None:
    with connect(server) as line:
        line.sendall(POST + b"Content-Length: 99999999\r\n\r\n")
        time.sleep(0.2)
        line.sendall(NORMAL * 3)
        answers = heard(line)

    assert answers.count(b"HTTP/1.1") == 1


def test_what_is_only_announced_takes_nobodys_room(server: int) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(connect(server)) for _ in range(60)]
        for line in lines:
            line.sendall(POST + b"Content-Length: 33500000\r\n\r\n" + b" " * 70_000)
        with connect(server) as line:
            line.sendall(POST + b"Connection: close\r\nContent-Length: 900000\r\n\r\n" + b" " * 900_000)
            answer = heard(line)

    # It got as far as the key, which no store is there to look up.
    assert b"storage_unavailable" in answer or b"unauthorized" in answer, answer


def test_who_reads_nothing_holds_up_nobody(server: int) -> None:
    """Far more answers than the network takes for somebody who does not read."""
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(server)) for _ in range(20)]:
            line.setblocking(False)
            line.send(LONG * 200)
        times = milliseconds(server, 50)

    assert times[-1] < 3000


def test_a_slow_reader_gets_every_answer_whole(server: int) -> None:
    with connect(server) as line:
        # More than the network keeps for us: the rest has to wait on the other side.
        line.sendall(LONG * 200 + LONG.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        time.sleep(1)
        answers = heard(line)

    bodies = {part.partition(b"\r\n\r\n")[2] for part in answers.split(b"HTTP/1.1 200 OK")[1:]}
    assert answers.count(b"HTTP/1.1 200 OK") == 201
    assert [json.loads(body)["openapi"] for body in bodies] == ["3.1.0"]


def test_a_crowd_that_never_says_what_it_wants_locks_nobody_out(crowded: int) -> None:
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(crowded)) for _ in range(6 * CONNECTIONS)]:
            line.sendall(POST)
        times = milliseconds(crowded, 20)

    assert times[-1] < 3000
