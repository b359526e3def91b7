"""What can go wrong at the edge: one stable reason each, turned into a status and an RFC 9457 problem document."""

import traceback
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import falcon
import msgspec
import structlog

from db.errors import Contention, NoSuchPerson, StorageUnavailable

PROBLEM = "application/problem+json"
RETRY_AFTER_SECONDS = "5"

logger = structlog.get_logger("ingest")


class Outcome(NamedTuple):
    """How a reason is told."""

    status: int
    title: str


#: reason → status and title; the reason is also the word in the log.
REASONS = {
    "bad_request": Outcome(400, "The request can't be understood"),
    "incomplete_body": Outcome(400, "The body ended early"),
    "invalid_gzip": Outcome(400, "The body is not valid gzip"),
    "invalid_json": Outcome(400, "The body is not valid JSON"),
    "not_a_number": Outcome(400, "A number is not finite"),
    "duplicate_key": Outcome(400, "A name stands twice in one object"),
    "lone_surrogate": Outcome(400, "A string is not valid Unicode"),
    "too_deep": Outcome(400, "The body is nested too deeply"),
    "unauthorized": Outcome(401, "A valid API key is needed"),
    "not_found": Outcome(404, "There is nothing here"),
    "method_not_allowed": Outcome(405, "This method is not offered here"),
    "request_timeout": Outcome(408, "The request came too slowly"),
    "too_large": Outcome(413, "The body is too large"),
    "too_many_items": Outcome(413, "The batch has too many items"),
    "uri_too_long": Outcome(414, "The address is too long"),
    "unsupported_media_type": Outcome(415, "The body must be application/json"),
    "unsupported_encoding": Outcome(415, "The body must be plain or gzip"),
    "expectation_failed": Outcome(417, "What Expect asks for is not offered"),
    "invalid_value": Outcome(422, "A value can't be used"),
    "rate_limited": Outcome(429, "This key has made too many requests"),
    "headers_too_large": Outcome(431, "The headers are too large"),
    "internal": Outcome(500, "Something went wrong on our side"),
    "busy": Outcome(503, "Too many requests are under way"),
    "storage_unavailable": Outcome(503, "The storage is not available, nothing was taken"),
}
#: What Falcon itself refuses, by status.
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
HEADERS = {
    "unauthorized": {"WWW-Authenticate": 'Bearer realm="insights"'},
    "unsupported_encoding": {"Accept-Encoding": "gzip, identity"},
    "unsupported_media_type": {"Accept": "application/json"},
    "rate_limited": {"Retry-After": "1"},
    "busy": {"Retry-After": RETRY_AFTER_SECONDS},
    "storage_unavailable": {"Retry-After": RETRY_AFTER_SECONDS},
}


class FieldError(msgspec.Struct, frozen=True):
    """One thing that is wrong, and where: a JSON pointer into what was sent, or the name of a parameter."""

    pointer: Annotated[
        str, msgspec.Meta(description="JSON pointer (RFC 6901) into the body, or the name of a parameter.")
    ]
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """What every error is told as (RFC 9457); reason is one stable word."""

    type: str
    title: str
    status: int
    detail: str
    reason: str
    errors: list[FieldError]

    @classmethod
    def of(cls, reason: str, detail: str = "", field_errors: Sequence[FieldError] = ()) -> "Problem":
        """The problem that a reason is told as."""
        status, title = REASONS[reason]
        return cls(f"urn:insights:{reason}", title, status, detail or title, reason, list(field_errors))


class ApiError(Exception):
    """The request can't be served; the reason says why, and REASONS how to answer."""

    def __init__(
        self,
        reason: str,
        detail: str = "",
        field_errors: Sequence[FieldError] = (),
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.headers = dict(HEADERS.get(reason, {}))
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        detail = detail or (field_errors[0].detail if field_errors else "")
        self.problem = Problem.of(reason, detail, field_errors)


def pointer(*tokens: str | int) -> str:
    """The JSON pointer (RFC 6901) made of these steps."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def install(app: "falcon.App[Any, Any]") -> None:
    """Register every error handler of the app."""
    app.add_error_handler(Exception, _on_unhandled_exception)
    app.add_error_handler(falcon.HTTPError, _on_http_error)
    app.add_error_handler(ApiError, _on_api_error)
    app.add_error_handler(StorageUnavailable, _on_storage_unavailable)
    app.add_error_handler(Contention, _on_storage_unavailable)
    app.add_error_handler(NoSuchPerson, _on_nobody)


def _on_api_error(
    req: falcon.Request, resp: falcon.Response, error: Exception, _params: dict[str, Any]
) -> None:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for nothing else
    _answer(req, resp, error)


def _on_http_error(
    req: falcon.Request, resp: falcon.Response, error: Exception, _params: dict[str, Any]
) -> None:
    assert isinstance(error, falcon.HTTPError)  # noqa: S101 - registered for nothing else
    resp.set_headers(error.headers or {})
    _answer(req, resp, ApiError(BY_STATUS.get(error.status_code, "bad_request")))


def _on_storage_unavailable(
    req: falcon.Request, resp: falcon.Response, _error: Exception, _params: dict[str, Any]
) -> None:
    _answer(req, resp, ApiError("storage_unavailable"))


def _on_nobody(
    req: falcon.Request, resp: falcon.Response, _error: Exception, _params: dict[str, Any]
) -> None:
    # The person was deleted between the door and the answer: the key stands for nobody any more.
    _answer(req, resp, ApiError("unauthorized"))


def _on_unhandled_exception(
    req: falcon.Request, resp: falcon.Response, error: Exception, _params: dict[str, Any]
) -> None:
    # The message of an exception may quote what was sent, so the log gets its type and its way only.
    path = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    logger.error(
        "unhandled_exception", request_id=req.context.get("request_id"), error=type(error).__name__, path=path
    )
    _answer(req, resp, ApiError("internal"))


def _answer(req: falcon.Request, resp: falcon.Response, api_error: ApiError) -> None:
    req.context.reason = api_error.reason
    resp.status = api_error.problem.status
    resp.set_headers(api_error.headers)
    resp.content_type = PROBLEM
    resp.data = msgspec.json.encode(api_error.problem)
