"""What the web processes answer to requests that never reach an app: a bare problem document, quoting nothing."""

import json
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors

#: Whose fault it is goes by the first kind that fits, so the narrow ones come first. A transfer coding that nobody
#: knows is a 400 like the rest: clients send a 501 again and again.
STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.ConfigurationProblem, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.ForbiddenProxyRequest, HTTPStatus.FORBIDDEN),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)
#: The stable word of a status; whatever else is refused here is no HTTP.
REASONS = {
    HTTPStatus.REQUEST_TIMEOUT: "slow_body",
    HTTPStatus.REQUEST_URI_TOO_LONG: "long_address",
    HTTPStatus.EXPECTATION_FAILED: "unmet_expectation",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "large_headers",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
    HTTPStatus.SERVICE_UNAVAILABLE: "busy",
}
RETRY_AFTER_SECONDS = 5


def status_of(exc: Exception) -> HTTPStatus:
    """The status of an error that no app has answered."""
    for kind, status in STATUSES:
        if isinstance(exc, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def answer(status: HTTPStatus) -> bytes:
    """A whole HTTP answer: a problem document (RFC 9457) that says the status and nothing else."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": status.phrase,
        "reason": REASONS.get(status, "bad_request"),
        "errors": [],
    }
    body = json.dumps(problem).encode()
    later = f"Retry-After: {RETRY_AFTER_SECONDS}\r\n" if status == HTTPStatus.SERVICE_UNAVAILABLE else ""
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nCache-Control: no-store\r\n{later}"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
