"""The app as it really runs: under gunicorn, over TCP, on the stores of a test."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[3]
START_SECONDS = 20
#: Enough for what most tests ask; `--workers 2` is what the configuration says.
OPTIONS = ("--config", "python:ingest.gunicorn_conf", "--workers", "1", "--graceful-timeout", "2")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """One request: its status and its JSON. Headers are named as Python allows: Content_Type."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named, encode_chunked="Transfer-Encoding" in named)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request, whatever becomes of it: its status and the bytes of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    # What is far too large is refused while it is still on its way.
    with suppress(ConnectionError):
        connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def _answers(port: int) -> bool:
    try:
        return call(port, "GET", "/health/live")[0] == 200
    except OSError:
        return False


@contextmanager
def serving(
    database_url: str, redis_url: str, *options: str, **settings: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A running server: its port and its process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *OPTIONS, *options]
    environment = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url} | settings
    with subprocess.Popen([*command, "ingest.wsgi:application"], cwd=CHECKOUT, env=environment) as server:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        try:
            yield port, server
        finally:
            server.terminate()


@contextmanager
def working(database_url: str, redis_url: str) -> Iterator[None]:
    """A worker that makes rows of what is uploaded, as soon as the bell rings."""
    environment = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    with subprocess.Popen([sys.executable, "-m", "tasks.worker"], cwd=CHECKOUT, env=environment) as worker:
        try:
            yield
        finally:
            worker.terminate()
