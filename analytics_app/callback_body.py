"""The body of a callback request, checked before Dash acts on it: what does not fit is a 400, never a 500."""

from collections.abc import Mapping
from typing import Any

import flask
from werkzeug.exceptions import BadRequest

CALLBACK_PATH = "/_dash-update-component"


def install(server: flask.Flask, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse callback requests that no page of ours would send."""

    @server.before_request
    def check_callback_body() -> None:
        if flask.request.path == CALLBACK_PATH and flask.request.method == "POST":
            check(_body(), callbacks)


def _body() -> object:
    try:
        return flask.request.get_json()
    except RecursionError:
        raise BadRequest from None


def check(body: object, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise BadRequest unless the body names a known callback and has the values it takes, in their places."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise BadRequest
    callback = callbacks.get(body["output"])
    changed = body.get("changedPropIds", [])
    fits = (
        callback is not None
        # Those that run in the browser have no function here.
        and "callback" in callback
        and _fit(body.get("inputs", []), callback["inputs"])
        and _fit(body.get("state", []), callback["state"])
        and _outputs_fit(body.get("outputs"), callback["output"])
        and isinstance(changed, list)
        and all(isinstance(item, str) for item in changed)
    )
    if not fits:
        raise BadRequest


def _fit(given: object, declared: list[dict[str, Any]]) -> bool:
    """The same number of values, each for the property that is declared there."""
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    return all(
        _is_value(item, wanted["property"]) and (isinstance(item["id"], dict) or item["id"] == wanted["id"])
        if not isinstance(item, list)
        else wanted["id"].startswith("{") and all(_is_value(part, wanted["property"]) for part in item)
        for item, wanted in zip(given, declared, strict=True)
    )


def _is_value(item: object, wanted_property: str) -> bool:
    return (
        isinstance(item, dict)
        and item.get("property") == wanted_property
        and isinstance(item.get("id"), str | dict)
        and (isinstance(item["id"], str) or all(isinstance(part, str | int) for part in item["id"].values()))
    )


def _outputs_fit(given: object, declared: object) -> bool:
    """As many places to write to as the callback has; ids of repeated components are the page's own."""
    if not isinstance(declared, list | tuple):
        return _is_output(given, declared)
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    return all(_is_output(item, wanted) for item, wanted in zip(given, declared, strict=True))


def _is_output(item: object, declared: object) -> bool:
    if isinstance(item, list):
        return '["ALL"]' in str(declared) and all(_is_place(part) for part in item)
    return _is_place(item)


def _is_place(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("id"), str | dict)
        and isinstance(item.get("property"), str)
    )
