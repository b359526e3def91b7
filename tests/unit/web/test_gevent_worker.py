"""The gunicorn worker without a socket: bodies at a pace, what is refused before an app, and what it relies on."""

import gc
import inspect
import io
import weakref
from http import HTTPStatus
from typing import Any

import gevent
import pytest
from gevent import sleep
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

from web import gevent_worker
from web.gevent_worker import CHUNKED_PIECE_BYTES, PIECE_BYTES, RequestBody, Worker, problem

CANARY = "CANARYTEXT"


class Request:
    """A request of gunicorn's as far as its body is concerned."""

    def __init__(self, body: Any, *headers: tuple[str, str]) -> None:
        self.body = body
        self.headers = list(headers)
        self.is_closed = False

    def force_close(self) -> None:
        self.is_closed = True


def sized(data: bytes, length: int | None = None) -> Request:
    """A request whose Content-Length may say something else than what comes."""
    return Request(io.BytesIO(data), ("CONTENT-LENGTH", str(len(data) if length is None else length)))


def chunked(data: bytes) -> Request:
    return Request(io.BytesIO(data), ("TRANSFER-ENCODING", "chunked"))


class Broken(io.BytesIO):
    """A body that fails as it is read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def read(self, _size: int | None = -1) -> bytes:
        raise self.error


@pytest.mark.parametrize("request_of", [sized, chunked])
@pytest.mark.parametrize("size", [0, 1, 8192, PIECE_BYTES, 3 * PIECE_BYTES + 7])
def test_a_body_is_read_whole(request_of: Any, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    request = request_of(data)

    assert io.BufferedReader(RequestBody(request)).read() == data


def test_a_body_is_read_by_lines_too() -> None:
    assert io.BufferedReader(RequestBody(sized(b"one\ntwo"))).readlines() == [b"one\n", b"two"]


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidChunkSize(CANARY.encode()),
        errors.ChunkMissingTerminator(CANARY.encode()),
        errors.NoMoreData(),
    ],
)
def test_a_malformed_body_is_a_client_that_went_away(error: Exception) -> None:
    request = Request(Broken(error), ("TRANSFER-ENCODING", "chunked"))

    with pytest.raises(ConnectionResetError) as raised:
        io.BufferedReader(RequestBody(request)).read()

    assert CANARY not in f"{raised.value!r} {raised.value.__cause__!r}"


def test_a_body_below_the_pace_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            sleep(60)
            return b""

    monkeypatch.setattr(gevent_worker, "PIECE_SECONDS", 0.01)

    with pytest.raises(TimeoutError):
        RequestBody(Request(Silent(), ("CONTENT-LENGTH", "1"))).readinto(bytearray(1))


@pytest.mark.parametrize("request_of", [sized, chunked])
def test_an_unread_body_closes_the_connection(request_of: Any) -> None:
    request = request_of(b"GET / HTTP/1.1")

    RequestBody(request).close_after_response(even_if_read=False)

    assert request.is_closed


@pytest.mark.parametrize("request_of", [sized, chunked])
@pytest.mark.parametrize("is_last", [True, False])
def test_a_read_body_leaves_the_connection_open_unless_the_worker_stops(
    request_of: Any, is_last: bool
) -> None:
    request = request_of(b"{}")
    reader = io.BufferedReader(RequestBody(request))
    reader.read()

    reader.raw.close_after_response(even_if_read=is_last)  # type: ignore[attr-defined]

    assert request.is_closed == is_last


def test_a_refused_body_is_freed_at_once() -> None:
    gc.disable()
    try:
        request = sized(b"x" * PIECE_BYTES, 32 * 1024 * 1024)
        request.body = io.BufferedReader(RequestBody(request))
        request.body.read(PIECE_BYTES)
        gone = weakref.ref(request)
        del request
        assert gone() is None
    finally:
        gc.enable()


def test_a_problem_says_the_status_and_the_reason() -> None:
    answer = problem(HTTPStatus.BAD_REQUEST, "bad_request")

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n")
    assert b'"reason": "bad_request"' in answer


@pytest.mark.parametrize("name", ["init_process", "load_wsgi", "handle", "handle_request", "handle_error"])
def test_what_is_overridden_is_still_there_with_the_same_parameters(name: str) -> None:
    """An upgrade of gunicorn that moves one of them must not go unnoticed."""
    ours, theirs = getattr(Worker, name), getattr(GeventWorker, name)

    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


@pytest.mark.parametrize("framing", [sized, chunked])
def test_a_body_that_comes_without_pause_lets_others_go_on(
    monkeypatch: pytest.MonkeyPatch, framing: Any
) -> None:
    """A timer needs a real pause: gevent does not look for it at every sleep(0)."""
    monkeypatch.setattr(gevent_worker, "BUSY_SECONDS", 0.0)
    timers: list[int] = []
    timer = gevent.spawn_later(0.002, timers.append, 1)

    body = RequestBody(framing(bytes(64 * PIECE_BYTES)))
    for _ in range(8):
        body.readinto(bytearray(PIECE_BYTES))

    assert timers == [1]
    timer.join()


def test_tiny_chunks_are_read_in_small_pieces() -> None:
    assert RequestBody(chunked(bytes(PIECE_BYTES))).readinto(bytearray(PIECE_BYTES)) == CHUNKED_PIECE_BYTES
