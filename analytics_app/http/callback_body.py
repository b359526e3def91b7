"""The body of a callback request, checked before Dash acts on it: what does not fit is a 400, never a 500."""

import json
from collections.abc import Mapping
from typing import Any

import flask
from werkzeug.exceptions import BadRequest

CALLBACK_PATH = "/_dash-update-component"
#: In the id of a callback's input: every component that is alike in the other parts.
ALL_OF_THEM = '["ALL"]'


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
    """The same number of values, each for the component and the property that are declared there."""
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    return all(
        _names(item, wanted["id"], wanted["property"]) for item, wanted in zip(given, declared, strict=True)
    )


def _outputs_fit(given: object, declared: Any) -> bool:
    """The very places that the callback writes to."""
    if not isinstance(declared, list | tuple):
        return _is_output(given, declared)
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    return all(_is_output(item, wanted) for item, wanted in zip(given, declared, strict=True))


def _is_output(item: object, declared: Any) -> bool:
    return _names(item, declared.component_id_str(), declared.component_property)


def _names(item: object, wanted_id: str, wanted_property: str) -> bool:
    """One component and property, or a list of them where the callback takes all that are alike."""
    if isinstance(item, list):
        return ALL_OF_THEM in wanted_id and all(_is_place(part, wanted_id, wanted_property) for part in item)
    return ALL_OF_THEM not in wanted_id and _is_place(item, wanted_id, wanted_property)


def _is_place(item: object, wanted_id: str, wanted_property: str) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("property"), str):
        return False
    # Behind an @ Dash tells apart callbacks that write to the same place.
    return item["property"].partition("@")[0] == wanted_property and _is_id(item.get("id"), wanted_id)


def _is_id(given: object, wanted: str) -> bool:
    """This very id; of a repeated component the parts that differ from one to the next may be any."""
    if not wanted.startswith("{"):
        return given == wanted
    parts = json.loads(wanted)
    return (
        isinstance(given, dict)
        and given.keys() == parts.keys()
        and all(
            isinstance(given[name], str | int) if isinstance(part, list) else given[name] == part
            for name, part in parts.items()
        )
    )
