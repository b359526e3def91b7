"""What the reverse proxy refuses by itself, how it says so, and what it writes into its log."""

import json
import select
from contextlib import ExitStack

import pytest

from tests.integration.proxy.exchange import (
    ATTACKER,
    GET,
    LARGE,
    SMALL,
    chunked,
    eventually,
    head,
    problem,
    status,
    upload,
)
from tests.integration.proxy.running import Front, ask, connect, first_answer

REFUSED = {
    "a body that is announced too large": (
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 34603009\r\nConnection: close\r\n\r\n",
        (413, "too_large"),
    ),
    "a long address": (f"GET /{'a' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n", (414, "uri_too_long")),
    "a long header": (f"{GET}X: {'a' * 9000}\r\n\r\n", (431, "headers_too_large")),
    "many headers": (GET + "X: {}\r\n".format("a" * 7000) * 6 + "\r\n", (431, "headers_too_large")),
    "no HTTP at all": ("\x16\x03\x01 hello\r\n\r\n", (400, "bad_request")),
    "no host": ("GET / HTTP/1.1\r\n\r\n", (400, "bad_request")),
    "two lengths": (f"{GET}Content-Length: 1\r\nContent-Length: 2\r\n\r\n", (400, "bad_request")),
    "a length that is no number": (f"{GET}Content-Length: x\r\n\r\n", (400, "bad_request")),
    "both length and chunks": (
        f"{GET}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        (400, "bad_request"),
    ),
    "an unknown transfer coding": (f"{GET}Transfer-Encoding: zip\r\n\r\n", (400, "bad_request")),
    "an unknown version": ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", (400, "bad_request")),
    "TRACE": ("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", (405, "method_not_allowed")),
    "the address of the proxy's own answers": (
        "GET /problem HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        (404, "not_found"),
    ),
    "the address of the proxy's own question": (
        "GET /key_of_large_body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        (404, "not_found"),
    ),
}


@pytest.mark.parametrize(("request_", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_proxy_refuses_is_a_problem_document(
    front: Front, request_: str, refusal: tuple[int, str]
) -> None:
    answer = ask(front.ingest, request_.encode("latin-1"))

    assert problem(answer) == refusal
    assert b"Cache-Control: no-store" in answer
    assert b"nginx/" not in answer


def test_a_chunked_body_that_grows_too_large_is_refused(front: Front, key: str) -> None:
    assert problem(ask(front.ingest, chunked(key, b" " * 34_700_000))) == (413, "too_large")


@pytest.mark.parametrize(
    "beginning",
    [
        head("dkd_sk_nobody", "Content-Length: 30000000"),
        head("dkd_sk_nobody", "Transfer-Encoding: chunked"),
        head("dkd_sk_nobody", "Content-Length: 60000", "Expect: 100-continue"),
        head("dkd_sk_nobody", "Content-Length: 00000060000"),
    ],
)
def test_a_large_body_with_a_bad_key_is_refused_before_it_comes(front: Front, beginning: bytes) -> None:
    answer = ask(front.ingest, beginning)

    assert problem(answer) == (401, "unauthorized")
    assert answer.count(b'WWW-Authenticate: Bearer realm="insights"\r\n') == 1


@pytest.mark.parametrize("scheme", ["X-API-Key: {}", "Authorization: Bearer {}"])
def test_a_large_body_needs_its_key_in_either_header(front: Front, key: str, scheme: str) -> None:
    request = upload("nothing", LARGE).replace(b"X-API-Key: nothing", scheme.format(key).encode())

    assert status(ask(front.ingest, request)) == 202


BUSY = (429, "rate_limited")


def held(stack: ExitStack, port: int, beginning: bytes, *, most: int) -> None:
    """Connections of the attacker, of which the proxy keeps `most` and has refused two."""
    lines = [stack.enter_context(connect(port, ATTACKER)) for _ in range(most + 2)]
    for line in lines:
        line.sendall(beginning)
    refused = eventually(lambda: select.select(lines, [], [], 0)[0], lambda readable: len(readable) >= 2)
    assert [problem(first_answer(line)) for line in refused] == [BUSY] * 2


def test_one_address_can_not_take_more_than_its_share_of_requests(front: Front, key: str) -> None:
    with ExitStack() as stack:
        held(stack, front.ingest, head("nobody", "Content-Length: 1000"), most=100)
        refused = ask(front.ingest, f"{GET}\r\n".encode(), ATTACKER)
        passed = ask(front.ingest, upload(key, SMALL))

    assert problem(refused) == BUSY
    assert b"Retry-After: 1" in refused
    assert status(passed) == 202


def test_one_address_can_not_take_more_than_its_share_of_the_buffers(front: Front, key: str) -> None:
    with ExitStack() as stack:
        held(stack, front.ingest, head(key, "Content-Length: 30000000") + b" " * 300_000, most=16)
        refused = ask(front.ingest, upload(key, LARGE), ATTACKER)
        small = ask(front.ingest, upload(key, SMALL), ATTACKER)
        others = ask(front.ingest, upload(key, LARGE))

    assert problem(refused) == BUSY
    assert (status(small), status(others)) == (202, 202)


def test_without_room_for_a_body_the_answer_is_to_send_it_later(front: Front, key: str) -> None:
    bodies, staging_dir = front.folder / "bodies", front.folder / "aside"
    bodies.rename(staging_dir)
    refused, small = ask(front.ingest, upload(key, LARGE)), ask(front.ingest, upload(key, SMALL))
    staging_dir.rename(bodies)

    assert problem(refused) == (503, "busy")
    assert b"Retry-After: 5" in refused
    assert status(small) == 202
    assert status(ask(front.ingest, upload(key, LARGE))) == 202


def test_nothing_that_was_sent_is_in_the_log(front: Front, key: str) -> None:
    secret = "dkd_sk_SECRET"
    path = f"/{secret}?key={secret}"
    last = head(secret, "Content-Length: 99999999", path=path)
    for request in (
        head(secret, method="GET", path=path),
        head(secret, "Content-Length: 30000000", path=path),
        head(secret, f"X: {secret * 1000}", path=path),
        head(secret, f"Host: {secret}", path=path),
        head(secret, method=secret, path=path),
        f"{secret} {secret}\r\n\r\n".encode(),
        last,
    ):
        ask(front.ingest, request, "127.0.0.68")
        ask(front.analytics, request, "127.0.0.68")
    text = eventually(front.log.read_text, lambda text: text.count("127.0.0.68") == 13)

    assert "SECRET" not in text
    assert key not in text


def test_the_log_says_who_was_refused_and_nothing_of_who_was_answered(front: Front, key: str) -> None:
    before = len(front.log.read_text().splitlines())
    for request in (upload(key, LARGE), upload("nobody", b"{}"), head("nobody", "Content-Length: 99999999")):
        ask(front.ingest, request)

    (line,) = map(json.loads, eventually(lambda: front.log.read_text().splitlines()[before:], bool))
    assert (line["event"], line["address"], line["port"]) == ("refused_by_proxy", "127.0.0.1", front.ingest)
    assert (line["method"], line["status"]) == ("POST", 413)
