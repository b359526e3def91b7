"""Real nginx with docker-compose.yml's configuration, and a stand-in for an app that records what reaches it."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks import proxy
from standalone.child_processes.processes import stop

START_SECONDS = 20
HEARING_SECONDS = 30
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


def require_nginx() -> None:
    """Skip with a reason where nginx is missing, unless PROXY_REQUIRED=1."""
    if not proxy.is_installed() and os.environ.get("PROXY_REQUIRED") != "1":
        pytest.skip("nginx is not installed: apt-get install nginx-light")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Front:
    """A running proxy: its two ports, its folder, and its log."""

    ingest: int
    analytics: int
    folder: Path
    log: Path


@contextmanager
def running_proxy(
    apps: dict[str, int], variables: dict[str, str] | None = None, edits: dict[str, str] | None = None
) -> Iterator[Front]:
    """nginx in front of these ports; `edits` replace parts of the configuration, such as a time limit."""
    folder = Path(tempfile.mkdtemp(prefix="insights-proxy-"))
    front = Front(free_port(), free_port(), folder, folder / "log")
    ports = {"INGEST_PORT": str(front.ingest), "ANALYTICS_PORT": str(front.analytics)}
    path = proxy.write_local(folder, ports | (variables or {}), apps)
    text = path.read_text()
    for old, new in (edits or {}).items():
        assert old in text, f"{old} is no part of the configuration"
        text = text.replace(old, new)
    path.write_text(text)
    with front.log.open("wb") as log:
        process = subprocess.Popen(proxy.command(path), stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (folder / "health.sock").exists() and process.poll() is None:
            assert time.monotonic() < deadline, "nginx does not start"
            time.sleep(0.02)
        assert process.poll() is None, front.log.read_text()
        yield front
    finally:
        stop(process, signal.SIGTERM)
        shutil.rmtree(folder)


@dataclass
class Recorder:
    """An app that answers 200 to everything, and remembers the head and the body of each request."""

    port: int = 0
    #: How many requests a connection may bring; the next one finds it closed.
    requests_each: int = 1_000_000
    answer: bytes = OK
    connections: int = 0
    #: Requests of which at least the head arrived.
    heads: int = 0
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)

    def headers(self, number: int = -1) -> dict[str, str]:
        """The headers of one request, by their names in small letters."""
        lines = self.requests[number][0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def clear(self) -> None:
        """Forget everything."""
        self.connections = 0
        self.heads = 0
        self.requests.clear()

    def serve(self, line: socket.socket) -> None:
        """Answer what comes in on one connection."""
        data, served = b"", 0
        with suppress(OSError), line:
            while served < self.requests_each:
                while b"\r\n\r\n" not in data:
                    data += (piece := line.recv(65536))
                    if not piece:
                        return
                head, _, data = data.partition(b"\r\n\r\n")
                self.heads += 1
                assert b"chunked" not in head.lower(), "the proxy sends bodies with their length"
                size = int(next((x[15:] for x in head.lower().split(b"\r\n") if b"content-length:" in x), 0))
                while len(data) < size:
                    data += line.recv(65536)
                self.requests.append((head, data[:size]))
                data = data[size:]
                line.sendall(self.answer)
                served += 1
            # The next request is already on its way when it finds nobody.
            line.recv(1)


@contextmanager
def recording() -> Iterator[Recorder]:
    """A recorder on a port of its own."""
    recorder = Recorder()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        recorder.port = listener.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                recorder.connections += 1
                threading.Thread(target=recorder.serve, args=(line,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield recorder
        listener.shutdown(socket.SHUT_RDWR)


def connect(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A connection from this address of the machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=HEARING_SECONDS, source_address=(source, 0))


def heard(line: socket.socket) -> bytes:
    """Everything until the other side hangs up."""
    pieces = []
    with suppress(ConnectionResetError):
        while piece := line.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def ask(port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    """The answer to one request on a connection of its own."""
    with connect(port, source) as line:
        with suppress(OSError):
            line.sendall(request)
        return first_answer(line)


def first_answer(line: socket.socket) -> bytes:
    """One whole answer with a Content-Length, on a connection that stays."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += (piece := line.recv(65536))
        assert piece, "hung up"
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(next(x[15:] for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")))
    while len(body) < size:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def ask_tls(port: int, request: bytes) -> bytes:
    """The same over TLS, whoever signed the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with closing(context.wrap_socket(connect(port))) as line:
        line.sendall(request)
        return heard(line)
