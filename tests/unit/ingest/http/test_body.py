"""The body of a request: its type, its packing and its limits."""

import gzip
import io
from collections.abc import Callable
from typing import Any

import falcon
import pytest
from falcon import Request
from falcon.testing import create_environ

from ingest.http import body
from ingest.http.api_errors import ApiError
from ingest.http.body import MAX_BYTES, SMALL, BodyBudget, read_body
from ingest.http.large_work import LargeWork

JSON = {"Content-Type": "application/json"}
# Without the time of day, which would name the tests anew each second.
PACKED = gzip.compress(b"[1]", mtime=0)


def request(data: bytes, **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(create_environ(method="POST", body=data, headers=JSON | named))


def chunked(data: bytes) -> Request:
    environ: dict[str, Any] = create_environ(method="POST", headers=JSON | {"Transfer-Encoding": "chunked"})
    environ.pop("CONTENT_LENGTH", None)
    environ["wsgi.input"] = io.BytesIO(data)
    return Request(environ)


def read(req: Request) -> bytes:
    with BodyBudget().share(1) as share:
        return read_body(req, share, LargeWork())


def api_error(req: Request) -> str:
    with pytest.raises(ApiError) as refused:
        read(req)
    return refused.value.reason


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"]
)
def test_json_is_read_whatever_its_parameters(media_type: str) -> None:
    assert read(request(b"[1]", Content_Type=media_type)) == b"[1]"


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/jsonx", "application/x-ndjson", "json"]
)
def test_another_media_type_is_refused(media_type: str) -> None:
    assert api_error(request(b"[1]", Content_Type=media_type)) == "unsupported_media_type"


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_gzip_is_unpacked(encoding: str) -> None:
    assert read(request(gzip.compress(b"[1]"), Content_Encoding=encoding)) == b"[1]"


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_another_packing_is_refused(encoding: str) -> None:
    assert api_error(request(b"[1]", Content_Encoding=encoding)) == "unsupported_encoding"


@pytest.mark.parametrize("data", [b"[1]", PACKED[:-4], PACKED + b"more", b"", b"\x1f\x8b"])
def test_broken_gzip_is_refused(data: bytes) -> None:
    assert api_error(request(data, Content_Encoding="gzip")) == "invalid_gzip"


def test_a_chunked_body_without_a_length_is_read() -> None:
    assert read(chunked(b"[1]")) == b"[1]"


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MAX_BYTES", 2**20)

    assert api_error(request(gzip.compress(b" " * 2**23), Content_Encoding="gzip")) == "too_large"


def test_a_long_body_is_refused_before_it_is_read() -> None:
    req = Request(create_environ(method="POST", headers=JSON | {"Content-Length": str(MAX_BYTES + 1)}))

    assert api_error(req) == "too_large"


def test_a_long_chunked_body_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MAX_BYTES", 10)

    assert api_error(chunked(b"[1, 2, 3, 4]")) == "too_large"


@pytest.mark.parametrize("kind", [request, chunked])
def test_a_body_of_exactly_the_limit_is_read(
    monkeypatch: pytest.MonkeyPatch, kind: Callable[..., Request]
) -> None:
    monkeypatch.setattr(body, "MAX_BYTES", 10)

    assert read(kind(b"12345678")) == b"12345678"
    assert api_error(kind(b'"123456789"')) == "too_large"


def test_a_body_shorter_than_announced_is_refused() -> None:
    environ = create_environ(method="POST", body=b"[1]", headers=JSON)
    environ["CONTENT_LENGTH"] = "5"

    assert api_error(Request(environ)) == "incomplete_body"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionResetError(), "incomplete_body"),
        (OSError(), "incomplete_body"),
        (TimeoutError(), "request_timeout"),
    ],
)
def test_a_body_that_breaks_off_is_refused(error: Exception, reason: str) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise error

    req = chunked(b"")
    req.stream = Broken()

    assert api_error(req) == reason


def test_a_length_that_is_no_number_is_refused() -> None:
    environ = create_environ(method="POST", headers=JSON)
    environ["CONTENT_LENGTH"] = "many"

    with pytest.raises(falcon.HTTPBadRequest):
        read(Request(environ))


@pytest.mark.parametrize("size", [SMALL - 1, SMALL, SMALL + 1, SMALL + 200, 2 * SMALL])
@pytest.mark.parametrize("fill", [b" ", bytes(range(256))], ids=["alike", "mixed"])
def test_gzip_of_any_size_around_a_small_one_is_unpacked(size: int, fill: bytes) -> None:
    data = (fill * size)[:size]

    assert read(request(gzip.compress(data), Content_Encoding="gzip")) == data


def test_what_unpacks_to_much_does_so_where_it_holds_up_nobody() -> None:
    computed: list[object] = []

    def compute(work: Callable[..., Any], *arguments: object) -> Any:
        computed.append(work)
        return work(*arguments)

    for size in (SMALL - 1, 2 * SMALL):
        with BodyBudget().share(1) as share:
            packed = request(gzip.compress(b" " * size), Content_Encoding="gzip")
            read_body(packed, share, LargeWork(compute))

    assert len(computed) == 1
