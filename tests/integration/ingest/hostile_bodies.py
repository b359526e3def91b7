"""Bodies and whole requests as no client should send them: packed, labelled, framed or divided wrongly."""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from tests.integration.ingest.hostile_items import STARTED_AT

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
SINGLE, BATCH = "/api/v1/sessions", "/api/v1/sessions/batch"


class Body(NamedTuple):
    """One body: what it is an example of, what is wrong with it, and how it is sent."""

    kind: str
    label: str
    data: bytes
    headers: dict[str, str]


class Wire(NamedTuple):
    """The bytes of a whole request but for the key, which goes where {key} stands."""

    kind: str
    label: str
    data: bytes


def session(name: str) -> bytes:
    """A session that nothing is wrong with."""
    return json.dumps({"session_id": name, "started_at": STARTED_AT}).encode()


def gzips() -> Iterator[Body]:
    packed = gzip.compress(session("h-gzip"))
    broken = {
        "cut in the head": packed[:6],
        "cut in the middle": packed[: len(packed) // 2],
        "cut in the checksum": packed[:-3],
        "wrong checksum": packed[:-8] + b"\0\0\0\0" + packed[-4:],
        "wrong length": packed[:-4] + b"\xff\xff\xff\xff",
        "flipped": packed[:12] + bytes([packed[12] ^ 0xFF]) + packed[13:],
        "two members": packed + packed,
        "something behind": packed + b"{}",
        "zeros behind": packed + b"\0" * 100,
        "nothing": b"",
        "nothing, packed": gzip.compress(b""),
        "packed twice": gzip.compress(packed),
        "not packed": session("h-not-packed"),
        "zlib": zlib.compress(session("h-zlib")),
        "not JSON": gzip.compress(b"\x00\xff" * 500),
        "a bomb": gzip.compress(b" " * (96 * MIB), 9),
        "a bomb of brackets": gzip.compress(b"[" * (33 * MIB), 9),
        "a bomb in a bomb": gzip.compress(gzip.compress(b"\0" * (64 * MIB), 9), 9),
        "just the limit": gzip.compress(b" " * (32 * MIB), 9),
        "a name of its own": b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"a" * 70_000,
    }
    for label, data in broken.items():
        yield Body("gzip", label, data, GZIP)
    for encoding in (
        "br",
        "deflate",
        "zstd",
        "gzip, gzip",
        "GZIP",
        "x-gzip",
        "identity",
        "chunked",
        "",
        "gzip;q=0",
        "é",
    ):
        yield Body("content encoding", encoding or "empty", packed, JSON | {"Content-Encoding": encoding})


def media_types() -> Iterator[Body]:
    labels = (
        *(
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
        ),
        *(
            "application/json; charset=utf-16",
            "APPLICATION/JSON",
            "application/problem+json",
            "json",
            "/",
            ";",
            "*/*",
            "é",
        ),
        *(
            "application/json, text/html",
            'application/json; a="',
            "application/json;;;;",
            "text/json",
            "application/ld+json",
        ),
    )
    for label in labels:
        yield Body("media type", label or "empty", session("h-media"), {"Content-Type": label})
    yield Body("media type", "none", session("h-media"), {})


def encodings() -> Iterator[Body]:
    text = f'{{"session_id":"h-\xe9\U0001f600","started_at":"{STARTED_AT}"}}'
    data = {
        "with a mark": b"\xef\xbb\xbf" + session("h-mark"),
        "UTF-16": text.encode("utf-16"),
        "UTF-32": text.encode("utf-32"),
        "Latin-1": '{"session_id":"h-\xe9"}'.encode("latin-1"),
        "overlong": session("h-over").replace(b"over", b"\xc0\xaf"),
        "surrogate in bytes": session("h-half").replace(b"half", b"\xed\xa0\x80"),
        "beyond Unicode": session("h-far").replace(b"far", b"\xf4\x90\x80\x80"),
        "cut character": session("h-cut").replace(b"cut", b"\xf0\x9f"),
        "lone continuation": session("h-lone").replace(b"lone", b"\x80"),
        "zeros": b"\0" * 1000,
        "noise": bytes(range(256)) * 8,
        "nothing": b"",
        "white space": b" \t\r\n" * 100,
        "another space": b"\xc2\xa0" + session("h-space"),
        "form feed": b"\x0c" + session("h-feed"),
    }
    for label, body in data.items():
        yield Body("character encoding", label, body, JSON)


def sizes() -> Iterator[Body]:
    yield Body("size", "over the limit", b" " * (32 * MIB + 1), JSON)
    yield Body("size", "at the limit", session("h-limit") + b" " * (32 * MIB - len(session("h-limit"))), JSON)
    yield Body("size", "one name of 8 MB", session("x" * (8 * MIB)), JSON)
    yield Body("size", "five million values", b"[" + b"0," * 5_000_000 + b"0]", JSON)
    yield Body("size", "five million names", b"[" + b'"",' * 5_000_000 + b"0]", JSON)
    yield Body("size", "many small lists", b"[" + b"[]," * 1_000_000 + b"0]", JSON)


def batches() -> Iterator[Body]:
    """Meant for the batch; alone they are no session."""
    one = session("h-batch")
    older = (
        b'{"session_id":"h-grown","started_at":"2026-11-20T10:00:00Z","ended_at":"2026-11-20T10:%02d:00Z"}'
    )
    lists = {
        "empty": [],
        "at the limit": [session(f"h-many-{n}") for n in range(1_000)],
        "over the limit": [one] * 1_001,
        "far over the limit": [b"1"] * 300_000,
        "the same a hundred times": [one] * 100,
        "newest first": [older % minute for minute in range(50, 10, -1)],
        "all wrong": [b"null", b"7", b'"x"', b"[]", b"{}", b"true", b"NaN"] * 20,
        "lists of lists": [b"[" * 40 + b"]" * 40] * 5,
        "one of ten": [session(f"h-ten-{n}") if n != 4 else b'{"session_id":4}' for n in range(10)],
    }
    for label, members in lists.items():
        yield Body("batch", label, b"[" + b",".join(members) + b"]", JSON)
    for label, data in {
        "an object": b'{"sessions":[]}',
        "null": b"null",
        "text": b'"[]"',
        "two lists": b"[][]",
    }.items():
        yield Body("batch", label, data, JSON)


def head(*lines: str, path: str = SINGLE) -> bytes:
    """The beginning of an upload with these header lines."""
    fixed = ("Host: x", "X-API-Key: {key}", "Content-Type: application/json", "Connection: close")
    return "\r\n".join((f"POST {path} HTTP/1.1", *fixed, *lines, "", "")).encode("latin-1")


def lengths() -> Iterator[Wire]:
    body = session("h-length")
    size = len(body)
    for label in (
        "-1",
        "abc",
        "1e3",
        "0x10",
        f"+{size}",
        f" {size} ",
        f"{size},{size}",
        "",
        "9" * 40,
        str(2**63),
        "٣",
    ):
        head_ = head("Content-Length: @").replace(b"@", label.encode())
        yield Wire("Content-Length", label or "empty", head_ + body)
    yield Wire("Content-Length", "too long", head(f"Content-Length: {size + 50}") + body)
    yield Wire("Content-Length", "too short", head(f"Content-Length: {size - 5}") + body)
    yield Wire("Content-Length", "zero", head("Content-Length: 0") + body)
    yield Wire("Content-Length", "none", head() + body)
    yield Wire("Content-Length", "far too long", head("Content-Length: 33554433") + body)
    yield Wire("Content-Length", "two", head(f"Content-Length: {size}", "Content-Length: 5") + body)
    yield Wire(
        "Content-Length", "two alike", head(f"Content-Length: {size}", f"Content-Length: {size}") + body
    )


def chunks() -> Iterator[Wire]:
    body = session("h-chunk")
    piece = b"%x\r\n%s\r\n" % (len(body), body)
    bodies = {
        "no size": b"zz\r\n[]\r\n0\r\n\r\n",
        "an empty size": b"\r\n" + piece + b"0\r\n\r\n",
        "a negative size": b"-5\r\n" + body,
        "a signed size": b"+" + piece + b"0\r\n\r\n",
        "a size with a prefix": b"0x" + piece + b"0\r\n\r\n",
        "a huge size": b"FFFFFFFFFFFFFFFF\r\n" + body,
        "a size without end": b"1" * 70_000,
        "too short a size": b"5\r\n" + body + b"\r\n0\r\n\r\n",
        "too long a size": b"ffff\r\n" + body + b"\r\n0\r\n\r\n",
        "no end of the chunk": piece[:-2] + b"0\r\n\r\n",
        "no last chunk": piece,
        "no end of the last chunk": piece + b"0\r\n",
        "extensions": piece.replace(b"\r\n", b";a=b;c\r\n", 1) + b"0\r\n\r\n",
        "a huge extension": piece.replace(b"\r\n", b";" + b"a" * 70_000 + b"\r\n", 1) + b"0\r\n\r\n",
        "trailers": piece + b"0\r\nX-API-Key: other\r\nContent-Length: 5\r\n\r\n",
        "bare line feeds": piece.replace(b"\r\n", b"\n") + b"0\n\n",
        "one byte at a time": b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n",
        "nothing at all": b"0\r\n\r\n",
        "no bytes at all": b"",
    }
    for label, data in bodies.items():
        yield Wire("chunks", label, head("Transfer-Encoding: chunked") + data)
    whole = piece + b"0\r\n\r\n"
    for encoding in (
        "gzip",
        "chunked, chunked",
        "gzip, chunked",
        "identity",
        "xchunked",
        "chunked;q=1",
        "\x0bchunked",
        "",
    ):
        yield Wire("Transfer-Encoding", repr(encoding), head(f"Transfer-Encoding: {encoding}") + whole)
    yield Wire(
        "Transfer-Encoding", "and a length", head("Transfer-Encoding: chunked", "Content-Length: 5") + whole
    )
    yield Wire(
        "Transfer-Encoding",
        "twice",
        head("Transfer-Encoding: chunked", "Transfer-Encoding: identity") + whole,
    )
    packed = gzip.compress(body)[:-4]
    yield Wire(
        "chunks",
        "of cut gzip",
        head("Transfer-Encoding: chunked", "Content-Encoding: gzip")
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed),
    )


def requests() -> Iterator[Wire]:
    body = session("h-request")
    sized = head(f"Content-Length: {len(body)}") + body
    whole = {
        "HTTP/0.9": b"GET /api/v1/me\r\n",
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/9.9": sized.replace(b"HTTP/1.1", b"HTTP/9.9"),
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
        "noise": bytes(range(256)) * 4,
        "nothing": b"",
        "an empty line": b"\r\n" + sized,
        "small letters": sized.replace(b"POST", b"post"),
        "a method of its own": sized.replace(b"POST", b"BREW"),
        "the framework's own method": sized.replace(b"POST", b"WEBSOCKET"),
        "a long method": sized.replace(b"POST", b"P" * 5_000),
        "a whole address": sized.replace(SINGLE.encode(), b"http://elsewhere" + SINGLE.encode()),
        "no path": sized.replace(SINGLE.encode(), b"*"),
        "a long path": sized.replace(SINGLE.encode(), b"/" + b"a" * 9_000),
        "a broken escape": sized.replace(SINGLE.encode(), b"/api/v1/%zz%"),
        "a path above": sized.replace(SINGLE.encode(), b"/../../etc/passwd"),
        "NUL in the path": sized.replace(SINGLE.encode(), b"/api/v1/sessions%00"),
        "bytes in the path": sized.replace(SINGLE.encode(), b"/\xff\xfe"),
        "no host": sized.replace(b"Host: x\r\n", b""),
        "two hosts": sized.replace(b"Host: x", b"Host: x\r\nHost: y"),
        "NUL in a header": sized.replace(b"Host: x", b"Host: x\r\nX-A: a\0b"),
        "a header over two lines": sized.replace(b"Host: x", b"Host: x\r\nX-A: a\r\n b"),
        "no colon": sized.replace(b"Host: x", b"Host: x\r\nnonsense"),
        "a space before the colon": sized.replace(b"Host: x", b"Host: x\r\nX-A : a"),
        "no name": sized.replace(b"Host: x", b"Host: x\r\n: a"),
        "a long header": sized.replace(b"Host: x", b"Host: x\r\nX-A: " + b"a" * 20_000),
        "many headers": sized.replace(b"Host: x", b"Host: x" + b"\r\nX-A: a" * 500),
        "a key of bytes": sized.replace(b"{key}", b"\xff\xfe\x80"),
        "a long key": sized.replace(b"{key}", b"k" * 7_000),
        "two keys": sized.replace(b"Host: x", b"Host: x\r\nX-API-Key: other"),
        "another wish": sized.replace(b"Host: x", b"Host: x\r\nPrefer: wait=NaN, wait=-1; wait=1e9, ,,;="),
        "an expectation": sized.replace(b"Host: x", b"Host: x\r\nExpect: the-unexpected"),
        "bare line feeds": sized.replace(b"\r\n", b"\n"),
        "bare returns": sized.replace(b"\r\n", b"\r"),
        "cut in the head": sized[:40],
        "forwarded": sized.replace(b"Host: x", b"Host: x\r\nX-Forwarded-Proto: gopher\r\nSCRIPT_NAME: /x"),
        "an upgrade": sized.replace(
            b"Connection: close", b"Connection: upgrade, close\r\nUpgrade: websocket"
        ),
        "two requests in one": sized.replace(b"Connection: close\r\n", b"") + sized,
        "another hidden in the body": head("Content-Length: 5") + b"[] \r\n" + sized,
    }
    for label, data in whole.items():
        yield Wire("request", label, data)


def bodies() -> list[Body]:
    """All bodies."""
    return [body for make in (gzips, media_types, encodings, sizes, batches) for body in make()]


def wires() -> list[Wire]:
    """All whole requests."""
    return [wire for make in (lengths, chunks, requests) for wire in make()]
