"""Both web processes as the Procfile starts them, and senders who do not speak HTTP: nothing they say is repeated."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from standalone.programs import Probe, read_procfile

CHECKOUT = Path(__file__).parents[3]
START_SECONDS = 30
CANARY = b"CANARYTEXT"
BODY = b'{"session_id":"x","messages":[{"content":"CANARYTEXT1"}]}\r\n\r\n'


@dataclass
class Server:
    port: int
    log: Path

    def tell(self, request: bytes) -> bytes:
        """Everything that is answered to these very bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=["ingest", "analytics"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running web process; what is tested here asks no store."""
    here = Server(free_port(), tmp_path_factory.mktemp("logs") / f"{request.param}.log")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "BIND_ADDRESS": "127.0.0.1",
        f"{request.param.upper()}_PORT": str(here.port),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "SECRET_KEY": "a long enough key for a test",
    }
    command = f"exec {read_procfile(CHECKOUT / 'Procfile')[request.param]}"
    with (
        here.log.open("wb") as log,
        subprocess.Popen(
            ["/bin/sh", "-c", command], cwd=CHECKOUT, env=environment, stdout=log, stderr=log
        ) as process,
    ):
        deadline = time.monotonic() + START_SECONDS
        while b"HTTP/1.1" not in _greeting(here) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield here
        process.terminate()


def _greeting(server: Server) -> bytes:
    try:
        return server.tell(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    except OSError:
        return b""


UNREADABLE = {
    "no length": b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n" + BODY,
    "too small a length": b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n" + BODY,
    "a key without its colon": b"GET / HTTP/1.1\r\nHost: x\r\nX-API-Key dkd_sk_CANARYTEXT\r\n\r\n",
    "an odd header name": b"GET / HTTP/1.1\r\nHost: x\r\nX(CANARYTEXT): 1\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n CANARYTEXT\r\n\r\n",
    "an odd version": b"GET / CANARYTEXT\r\n\r\n",
    "an odd method": b"CANARYTEXT{ / HTTP/1.1\r\n\r\n",
    "an odd length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: CANARYTEXT\r\n\r\n",
    "an odd coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CANARYTEXT\r\n\r\n",
    "an odd expectation": b"POST / HTTP/1.1\r\nHost: x\r\nExpect: CANARYTEXT\r\n\r\n",
    "too long a line": b"GET /" + CANARY * 1000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "too long a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + CANARY * 9000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_http_is_refused_and_repeated_nowhere(server: Server, request_bytes: bytes) -> None:
    answered = server.tell(request_bytes)

    assert b"HTTP/1.1 4" in answered
    assert CANARY not in answered + server.log.read_bytes()


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/login"])
@pytest.mark.parametrize("chunks", [b"CANARYTEXT\r\n", b"3\r\nabcCANARYTEXT\r\n", b"ff\r\nCANARYTEXT"])
def test_broken_chunks_are_repeated_nowhere(server: Server, path: str, chunks: bytes) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"

    answered = server.tell(f"{head}Content-Type: {kind}\r\n\r\n".encode() + chunks)

    assert CANARY not in answered + server.log.read_bytes()


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "REMOTE_USER"])
def test_no_header_moves_the_app_elsewhere(server: Server, name: str) -> None:
    request = f"GET /nowhere HTTP/1.1\r\nHost: x\r\n{name}: /foo\r\nConnection: close\r\n\r\n"

    assert server.tell(request.encode()).split()[1] in {b"302", b"401", b"404"}


def test_a_server_that_has_refused_still_serves(server: Server) -> None:
    server.tell(UNREADABLE["no length"])

    assert Probe("127.0.0.1", server.port).answers()
