"""What reaches the apps behind the reverse proxy, seen by stand-ins that record it, and what happens without them."""

import gzip
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.proxy.exchange import GET, SMALL, chunked, eventually, head, problem, status, upload
from tests.integration.proxy.running import (
    OK,
    Front,
    Recorder,
    ask,
    ask_tls,
    connect,
    first_answer,
    free_port,
    heard,
    recording,
    require_nginx,
    running_proxy,
)

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example.org",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
}
OUTER = "127.0.0.9"


@pytest.fixture(scope="module")
def app() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


@pytest.fixture(autouse=True)
def clean(app: Recorder) -> None:
    require_nginx()
    app.clear()


@pytest.fixture(scope="module")
def mirror(app: Recorder) -> Iterator[Front]:
    """The proxy with recorders in the place of both apps."""
    require_nginx()
    with running_proxy({"ingest": app.port, "analytics": app.port}) as front:
        yield front


@pytest.fixture(scope="module")
def behind(app: Recorder) -> Iterator[Front]:
    """The same behind another proxy, which has an address of its own."""
    require_nginx()
    variables = {"OUTER_PROXY_ADDRESS": OUTER}
    with running_proxy({"ingest": app.port, "analytics": app.port}, variables) as front:
        yield front


@pytest.fixture(params=["ingest", "analytics"])
def port(request: pytest.FixtureRequest, mirror: Front) -> int:
    return int(getattr(mirror, request.param))


def forging(**more: str) -> bytes:
    return (
        GET + "".join(f"{name}: {value}\r\n" for name, value in (FORGED | more).items()) + "\r\n"
    ).encode()


def test_a_client_can_not_forge_where_it_comes_from(app: Recorder, port: int) -> None:
    ask(port, forging(), "127.0.0.5")

    headers = app.headers()
    assert {name: headers.get(name.lower()) for name in FORGED} == dict.fromkeys(FORGED) | {
        "X-Forwarded-For": "127.0.0.5",
        "X-Forwarded-Proto": "http",
    }
    assert headers["host"] == "x"


def test_an_outer_proxy_says_where_a_client_comes_from(app: Recorder, behind: Front) -> None:
    ask(behind.analytics, forging(**{"X-Forwarded-For": "198.51.100.1, 203.0.113.5"}), OUTER)

    assert app.headers()["x-forwarded-for"] == "203.0.113.5"
    assert app.headers()["x-forwarded-proto"] == "https"


def test_nobody_else_is_taken_for_the_outer_proxy(app: Recorder, behind: Front) -> None:
    ask(behind.analytics, forging(), "127.0.0.5")

    assert app.headers()["x-forwarded-for"] == "127.0.0.5"
    assert app.headers()["x-forwarded-proto"] == "http"


def test_metrics_are_hidden_from_public_addresses(app: Recorder, behind: Front) -> None:
    request = head("", "X-Forwarded-For: 203.0.113.5", method="GET", path="/metrics")

    assert problem(ask(behind.ingest, request, OUTER)) == (404, "not_found")
    assert app.requests == []
    assert status(ask(behind.ingest, request)) == 200


def test_a_slow_body_reaches_an_app_only_as_a_whole(app: Recorder, port: int) -> None:
    with connect(port) as line:
        line.sendall(head("k", "Content-Length: 40"))
        for _ in range(8):
            time.sleep(0.05)
            assert app.heads == 0
            line.sendall(b"     ")
        assert status(heard(line)) == 200

    assert app.requests[0][1] == b" " * 40


def test_who_goes_away_before_the_end_of_the_body_never_reaches_an_app(app: Recorder, port: int) -> None:
    with ExitStack() as stack:
        for line in [stack.enter_context(connect(port)) for _ in range(50)]:
            line.sendall(head("k", "Content-Length: 1000") + b" " * 500)
        assert status(ask(port, f"{GET}\r\n".encode())) == 200

    assert app.heads == 1


def test_chunks_reach_an_app_as_one_body_with_a_length(app: Recorder, port: int) -> None:
    ask(port, chunked("k", b"x" * 100_000))

    assert app.requests[-1][1] == b"x" * 100_000


def test_the_key_of_a_large_body_is_asked_for_without_the_body(app: Recorder, mirror: Front) -> None:
    ask(mirror.ingest, upload("k", b" " * 60_000, "X-Forwarded-For: 203.0.113.9"))

    (asked, nothing), (uploaded, body) = app.requests
    assert asked.startswith(b"GET /api/v1/me HTTP/1.1\r\n") and b"X-API-Key: k" in asked
    assert b"203.0.113.9" not in asked
    assert uploaded.startswith(b"POST /api/v1/sessions HTTP/1.1\r\n")
    assert (len(nothing), len(body)) == (0, 60_000)


def test_nothing_is_asked_for_a_small_body(app: Recorder, mirror: Front) -> None:
    ask(mirror.ingest, upload("k", b" " * 59_999))

    assert len(app.requests) == 1


def test_a_packed_answer_arrives_as_it_was_sent(app: Recorder, port: int) -> None:
    packed = gzip.compress(b"x" * 3_000_000, compresslevel=0)
    app.answer = (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    )
    answer = ask(port, f"{GET}Accept-Encoding: gzip\r\n\r\n".encode())
    app.answer = OK

    assert answer.partition(b"\r\n\r\n")[2] == packed
    assert app.headers()["accept-encoding"] == "gzip"


def test_requests_of_one_client_share_a_connection_to_the_app(app: Recorder, port: int) -> None:
    with connect(port) as line:
        for _ in range(5):
            line.sendall(upload("k", SMALL, close=False))
            assert status(first_answer(line)) == 200

    assert app.connections <= 1
    assert len(app.requests) == 5


def test_an_upload_survives_that_its_kept_connection_is_closed(mirror: Front, app: Recorder) -> None:
    app.requests_each = 1
    with connect(mirror.ingest) as line:
        for _ in range(3):
            line.sendall(upload("k", SMALL, close=False))
            assert status(first_answer(line)) == 200
    app.requests_each = 1_000_000

    assert len(app.requests) == 3


def test_a_body_that_stops_coming_ends_with_its_connection(app: Recorder) -> None:
    edits = {"client_body_timeout 10;": "client_body_timeout 1;"}
    with (
        running_proxy({"ingest": app.port, "analytics": app.port}, edits=edits) as front,
        ExitStack() as stack,
    ):
        for line in [stack.enter_context(connect(port)) for port in (front.ingest, front.analytics)]:
            line.sendall(head("k", "Content-Length: 1000") + b" " * 500)
            assert heard(line) == b""
        text = eventually(front.log.read_text, lambda text: text.count('"status":408') == 2)

    assert text.count('"status":408') == 2
    assert app.heads == 0


def test_without_the_apps_a_client_is_told_to_send_it_again() -> None:
    require_nginx()
    with running_proxy({"ingest": free_port(), "analytics": free_port()}) as front:
        upload_, page = ask(front.ingest, upload("k", SMALL)), ask(front.analytics, f"{GET}\r\n".encode())

    assert problem(upload_) == (502, "busy")
    assert b"Retry-After: 5" in upload_
    assert status(page) == 502
    assert b"Content-Type: text/html" in page and b"Refresh: 5" in page and b"nginx/" not in page


def test_with_a_certificate_both_ports_speak_tls(app: Recorder, tmp_path: Path) -> None:
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x"
    files = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*make.replace("", "").split(), *files], check=True, capture_output=True)

    edits = {"/etc/nginx/tls": str(tmp_path)}
    with running_proxy(
        {"ingest": app.port, "analytics": app.port}, {"TLS_FOLDER": "/certificates"}, edits
    ) as front:
        for port in (front.ingest, front.analytics):
            assert status(ask_tls(port, f"{GET}\r\n".encode())) == 200
            assert app.headers()["x-forwarded-proto"] == "https"
            assert status(ask(port, f"{GET}\r\n".encode())) == 400
