"""Refuses malformed callback requests before Dash reads them: Dash itself answers them with a 500 and a traceback."""

from collections.abc import Mapping
from typing import Any

import flask
from dash import Output
from werkzeug.exceptions import BadRequest

CALLBACK_PATH = "/_dash-update-component"


def install(server: flask.Flask, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Answer callback requests of the wrong shape with 400."""

    @server.before_request
    def check_callback_body() -> None:
        if flask.request.path == CALLBACK_PATH and flask.request.method == "POST":
            try:
                fits = _fits(flask.request.get_json(), callbacks)
            except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
                fits = False
            if not fits:
                raise BadRequest


def _fits(body: Any, callbacks: Mapping[str, Mapping[str, Any]]) -> bool:
    """Does it name a server-side callback with its outputs, and as many arguments? Their values may be anything."""
    callback, outputs, inputs, state = (
        callbacks[body["output"]],
        body["outputs"],
        body["inputs"],
        body.get("state", []),
    )
    declared = callback["output"]
    several = isinstance(declared, list | tuple)
    pairs = zip(outputs if several else [outputs], declared if several else [declared], strict=True)
    return (
        "callback" in callback
        and (len(inputs), len(state)) == (len(callback["inputs"]), len(callback["state"]))
        # Behind an @ Dash tells apart callbacks that write to the same output.
        and all(Output(sent["id"], sent["property"].partition("@")[0]) == output for sent, output in pairs)
        and all(isinstance(changed, str) for changed in _as_list(body.get("changedPropIds", [])))
        and all(
            isinstance(part["property"], str) and isinstance(part["id"], str | dict)
            for argument in inputs + state
            for part in _as_list(argument)
        )
    )


def _as_list(part: Any) -> list[Any]:
    """A component that is repeated on the page comes as a list of its instances."""
    return part if isinstance(part, list) else [part]
