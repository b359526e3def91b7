"""What clients send through the proxy, and how their answers are read."""

import json
import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

SMALL = json.dumps({"session_id": "s", "started_at": "2026-11-20T10:00:00Z"}).encode()
#: The same session in a body that is too large for nginx's memory.
LARGE = SMALL.ljust(200_000)
#: Another address of this machine.
ATTACKER = "127.0.0.66"
GET = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def head(
    key: str, *more: str, method: str = "POST", path: str = "/api/v1/sessions", close: bool = True
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"X-API-Key: {key}", "Content-Type: application/json"]
    return "\r\n".join([*lines, *more, *(["Connection: close"] if close else []), "", ""]).encode()


def upload(key: str, body: bytes, *more: str, close: bool = True) -> bytes:
    return head(key, f"Content-Length: {len(body)}", *more, close=close) + body


def chunked(key: str, body: bytes) -> bytes:
    pieces = [body[at : at + 9_000] for at in range(0, len(body), 9_000)]
    chunks = (b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    return head(key, "Transfer-Encoding: chunked") + b"".join(chunks)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def problem(answer: bytes) -> tuple[int, str]:
    """Status and reason of a problem document; fails for any other answer."""
    told, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in told.lower(), answer
    document = json.loads(body)
    assert set(document) == {"type", "title", "status", "detail", "reason", "errors"}
    assert document["status"] == status(answer)
    return status(answer), document["reason"]


def eventually(ask: Callable[[], Answer], is_wanted: Callable[[Answer], bool]) -> Answer:
    """The first answer that is wanted, or else the last within ten seconds."""
    deadline = time.monotonic() + 10
    while not is_wanted(answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer
