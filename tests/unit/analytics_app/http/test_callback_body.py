"""A callback request of the wrong shape is a 400 before Dash sees it."""

from typing import Any

import flask
import pytest
from dash import MATCH, Output

from analytics_app.http import callback_body
from analytics_app.http.callback_body import CALLBACK_PATH

CALLBACKS: dict[str, dict[str, Any]] = {
    "cards.children": {
        "inputs": [{"id": "url", "property": "search"}],
        "state": [],
        "output": Output("cards", "children"),
        "callback": print,
    },
    "..secrets.children...done.data..": {
        "inputs": [{"id": '{"revoke":["ALL"]}', "property": "n_clicks"}],
        "state": [{"id": "url", "property": "search"}],
        "output": [Output("secrets", "children", allow_duplicate=True), Output("done", "data")],
        "callback": print,
    },
    '{"panel":["MATCH"],"part":"table"}.children': {
        "inputs": [{"id": '{"panel":["MATCH"],"part":"asked"}', "property": "data"}],
        "state": [],
        "output": Output({"panel": MATCH, "part": "table"}, "children"),
        "callback": print,
    },
    "side.className": {"inputs": [], "state": [], "output": Output("side", "className")},
}
SEARCH = {"id": "url", "property": "search", "value": "?days=7"}
CARDS = {"id": "cards", "property": "children"}
REVOKE = {"id": {"revoke": 4}, "property": "n_clicks", "value": 1}
GOOD = {"output": "cards.children", "outputs": CARDS, "inputs": [SEARCH], "changedPropIds": ["url.search"]}
PANEL = {
    "output": '{"panel":["MATCH"],"part":"table"}.children',
    "outputs": {"id": {"panel": "hours", "part": "table"}, "property": "children"},
    "inputs": [{"id": {"panel": "hours", "part": "asked"}, "property": "data", "value": 1}],
}
SEVERAL = {
    "output": "..secrets.children...done.data..",
    "outputs": [{"id": "secrets", "property": "children@c21f8659"}, {"id": "done", "property": "data"}],
    "inputs": [[REVOKE, REVOKE]],
    "state": [SEARCH],
}


def status(data: object) -> int:
    """The answer of a server whose callback route accepts everything."""
    server = flask.Flask(__name__)
    callback_body.install(server, CALLBACKS)
    server.add_url_rule(CALLBACK_PATH, "callback", lambda: "", methods=["POST"])
    options: dict[str, Any] = {"data": data} if isinstance(data, bytes) else {"json": data}
    return server.test_client().post(CALLBACK_PATH, content_type="application/json", **options).status_code


@pytest.mark.parametrize("body", [GOOD, PANEL, SEVERAL, SEVERAL | {"inputs": [[]]}])
def test_what_a_page_sends_is_accepted(body: dict[str, Any]) -> None:
    assert status(body) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"output": "unknown.children"},
        {"output": None},
        {"output": "side.className", "inputs": []},
        {"output": ["cards.children"]},
        {"outputs": None},
        {"outputs": [CARDS]},
        {"outputs": {"id": 1, "property": "children"}},
        {"outputs": {"id": {"cards": 1}, "property": "children"}},
        {"outputs": {"id": "x", "property": "children"}},
        {"outputs": {"id": "cards", "property": "figure"}},
        {"outputs": {"id": "cards"}},
        {"outputs": {"id": "cards", "property": []}},
        {"inputs": []},
        {"inputs": None},
        {"inputs": "url"},
        {"inputs": [SEARCH, SEARCH]},
        {"inputs": [None]},
        {"inputs": [{"id": "url"}]},
        {"inputs": [{**SEARCH, "property": []}]},
        {"inputs": [[{**SEARCH, "id": 7}]]},
        {"state": [SEARCH]},
        {"state": None},
        {"state": ""},
        {"inputs": float("inf")},
        {"changedPropIds": 7},
        {"changedPropIds": {"a": 1}},
        {"changedPropIds": [1]},
    ],
)
def test_a_request_with_a_wrong_part_is_refused(change: dict[str, Any]) -> None:
    assert status(GOOD | change) == 400


@pytest.mark.parametrize("outputs", [CARDS, [CARDS], [CARDS, [CARDS]], [CARDS, None], "ab"])
def test_each_of_several_outputs_is_one_place(outputs: object) -> None:
    assert status(SEVERAL | {"outputs": outputs}) == 400


@pytest.mark.parametrize(
    "identifier",
    [
        "hours",
        {"panel": "hours", "part": "body"},
        {"panel": "hours"},
    ],
)
def test_an_output_of_another_panel_part_is_refused(identifier: object) -> None:
    assert status(PANEL | {"outputs": {"id": identifier, "property": "children"}}) == 400


@pytest.mark.parametrize("body", [None, [], "text", 7, {}, b"{", b"[" * 200_000])
def test_a_body_that_is_no_callback_request_is_refused(body: object) -> None:
    assert status(body) == 400
