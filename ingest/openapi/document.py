"""GET /openapi.json: the API in OpenAPI 3.1, made once from the table of operations and the types behind it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import falcon
import msgspec

from ingest.http.access_log import HEADER
from ingest.http.api_errors import HEADERS, PROBLEM, REASONS, Problem
from ingest.openapi.examples import UPLOAD_ID
from ingest.openapi.operations import (
    ANYWHERE,
    BEFORE_THE_APP,
    JSON,
    OPERATIONS,
    Answer,
    Body,
    Operation,
    Parameter,
)

Json = dict[str, Any]

VERSION = "1"
INTRODUCTION = """\
A team's agents leave here what they did, and anybody with a key reads back what it adds up to. JSON in and out, UTF-8.

A key goes into `X-API-Key` or, the same key, into `Authorization: Bearer`. Bodies may be gzipped or chunked, up to \
32 MiB unpacked. `null` means absent everywhere, and unknown fields are ignored, so newer clients never break.

Errors are problem documents (RFC 9457); `reason` is one stable word. Everywhere: 404 `not_found` for a path that is \
not here, 405 `method_not_allowed` with `Allow` for a method that a path does not offer.

Keep a file until its upload was answered 2xx, and try again on 408, 429, 5xx and broken connections: 429 and 503 say \
with `Retry-After` when."""
REF = "#/components/schemas/{name}"
SECURITY_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The key as it is."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same key."},
}
#: What the headers of our answers say.
RESPONSE_HEADERS = {
    HEADER: "The id of this request in the server's log: the one that was sent, if it is a plain one.",
    "Retry-After": "Come back after so many seconds.",
    "WWW-Authenticate": "How to show a key.",
    "Accept": "What is understood.",
    "Accept-Encoding": "What is understood.",
    "Preference-Applied": "The preference that was honoured.",
}
WAIT = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`wait=N` (RFC 7240): answer once it is persisted, but after at most N seconds, 10 at most.",
    "schema": {"type": "string"},
    "example": "wait=5",
}
ENCODING = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "description": "How the body is packed.",
    "schema": {"type": "string", "enum": ["identity", "gzip"], "default": "identity"},
}


class OpenApi:
    """The document; it does not change while the process runs."""

    def __init__(self, document: Json) -> None:
        self._data = msgspec.json.encode(document)

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The whole document."""
        resp.content_type = JSON
        resp.data = self._data

    on_head = on_get


@cache
def describe(*, public_team_stats: bool) -> Json:
    """The OpenAPI document of all operations."""
    paths: Json = {}
    for operation in OPERATIONS:
        item = paths.setdefault(operation.path, {})
        item[operation.method.lower()] = _operation(operation, public_team_stats)
        if operation.method == "GET":
            item["head"] = _without_bodies(item[operation.method.lower()])
    return {
        "openapi": "3.1.0",
        "info": {"title": "The Insights API", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.group for operation in OPERATIONS)],
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": SECURITY_SCHEMES},
    }


def _operation(operation: Operation, public_team_stats: bool) -> Json:
    is_open = operation.access == "open" or (operation.access == "key unless public" and public_team_stats)
    described: Json = {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
        "description": operation.description or f"{operation.summary}.",
        "security": [{}] if is_open else [{name: []} for name in SECURITY_SCHEMES],
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation),
    }
    if operation.body:
        described["requestBody"] = _request_body(operation.body)
    return described


def _without_bodies(described: Json) -> Json:
    """The same as HEAD answers it."""
    responses = {
        status: {name: part for name, part in response.items() if name != "content"}
        for status, response in described["responses"].items()
    }
    return described | {"operationId": f"{described['operationId']}_head", "responses": responses}


def _parameters(operation: Operation) -> Iterable[Json]:
    for name, meaning in operation.path_parameters.items():
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": {"type": "string", "format": "uuid"},
            "example": UPLOAD_ID,
        }
    yield from map(_query_parameter, operation.query)
    if operation.waits:
        yield WAIT
    if operation.body:
        yield ENCODING


def _query_parameter(parameter: Parameter) -> Json:
    low, high = parameter.between
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": {"type": "integer", "minimum": low, "maximum": high, "default": parameter.default},
    }


def _request_body(body: Body) -> Json:
    media = {"schema": _body_schema(body), "example": body.example}
    return {"required": True, "content": {JSON: media}}


def _body_schema(body: Body) -> Json:
    if body.one:
        return _reference(body.one)
    # Any item is taken: what is none of the first kind is kept in quarantine.
    item = {"anyOf": [_reference(body.each), {"description": "Whatever else it is: kept in quarantine."}]}
    return {"type": "array", "maxItems": body.most, "items": item}


def _responses(operation: Operation) -> Json:
    responses = {status: _success(operation, answer) for status, answer in operation.answers.items()}
    by_status: dict[int, list[str]] = {}
    for reason in (*operation.reasons, *ANYWHERE):
        by_status.setdefault(REASONS[reason].status, []).append(reason)
    for status, reasons in by_status.items():
        api_error = _error_response(status, reasons)
        responses[status] = _either(responses[status], api_error) if status in responses else api_error
    return {str(status): responses[status] for status in sorted(responses)}


def _either(one: Json, other: Json) -> Json:
    """Two answers that share a status; their media types tell them apart."""
    return {
        "description": f"{one['description']} Or {other['description']}",
        "headers": one["headers"] | other["headers"],
        "content": one["content"] | other["content"],
    }


def _success(operation: Operation, answer: Answer) -> Json:
    headers = _headers([HEADER])
    if operation.waits:
        headers |= _headers(["Preference-Applied"], required=False)
    example = msgspec.to_builtins(answer.example)
    content = {answer.media_type: {"schema": _shape(answer.example), "example": example}}
    return {"description": answer.description, "headers": headers, "content": content}


def _error_response(status: int, reasons: list[str]) -> Json:
    """A problem document that can only have these reasons."""
    described = [_headers_of(reason) for reason in reasons]
    always = [name for name in described[0] if all(name in names for names in described)]
    sometimes = [name for names in described for name in names if name not in always]
    schema = {
        "allOf": [
            _reference(Problem),
            {"properties": {"status": {"const": status}, "reason": {"enum": reasons}}},
        ]
    }
    return {
        "description": "; ".join(f"`{reason}`: {REASONS[reason].title}" for reason in reasons),
        "headers": _headers(always) | _headers(sometimes, required=False),
        "content": {
            PROBLEM: {"schema": schema, "example": msgspec.to_builtins(Problem.of(reasons[0]))},
        },
    }


def _headers_of(reason: str) -> list[str]:
    """What is refused before the app has seen it has no id yet."""
    return [*([] if reason in BEFORE_THE_APP else [HEADER]), *HEADERS.get(reason, {})]


def _headers(names: Iterable[str], *, required: bool = True) -> Json:
    return {
        name: {"description": RESPONSE_HEADERS[name], "required": required, "schema": {"type": "string"}}
        for name in names
    }


def _shape(example: Any) -> Json:
    """The schema of what the example is one of."""
    if isinstance(example, list):
        return {"type": "array", "items": _reference(type(example[0]))}
    if isinstance(example, msgspec.Struct):
        return _reference(type(example))
    return {"type": "string" if isinstance(example, str) else "object"}


def _reference(kind: Any) -> Json:
    return {"$ref": REF.format(name=kind.__name__)}


def _schemas() -> Json:
    """Every type that is sent or answered, with what it is made of."""
    kinds = list(_kinds())
    _, components = msgspec.json.schema_components([*kinds, Problem], ref_template=REF)
    components["Problem"]["properties"]["reason"]["enum"] = list(REASONS)
    return components


def _kinds() -> Iterable[type]:
    for operation in OPERATIONS:
        if operation.body:
            yield from filter(None, (operation.body.one, operation.body.each))
        for answer in operation.answers.values():
            example = answer.example[0] if isinstance(answer.example, list) else answer.example
            if isinstance(example, msgspec.Struct):
                yield type(example)
