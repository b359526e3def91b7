"""A callback request that no page of ours would send is a 400, never a 500."""

from typing import Any

import pytest
from dash import MATCH, Output
from werkzeug.exceptions import BadRequest

from analytics_app.http.callback_body import check

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
ASKED = {"id": {"panel": "hours", "part": "asked"}, "property": "data", "value": 1}
TABLE = {"id": {"panel": "hours", "part": "table"}, "property": "children"}
PANEL = {"output": '{"panel":["MATCH"],"part":"table"}.children', "outputs": TABLE, "inputs": [ASKED]}
GOOD = {"output": "cards.children", "outputs": CARDS, "inputs": [SEARCH], "changedPropIds": ["url.search"]}


def test_what_a_page_sends_passes() -> None:
    check(GOOD, CALLBACKS)


def test_one_of_several_panels_passes() -> None:
    check(PANEL, CALLBACKS)


@pytest.mark.parametrize(
    "change",
    [
        {"outputs": {**TABLE, "id": "hours"}},
        {"outputs": {**TABLE, "id": {"panel": "hours", "part": "body"}}},
        {"outputs": {**TABLE, "id": {"panel": "hours"}}},
        {"outputs": {**TABLE, "id": {"panel": ["hours"], "part": "table"}}},
        {"outputs": [TABLE]},
        {"inputs": [{**ASKED, "id": {"panel": "hours", "part": "table"}}]},
        {"inputs": [[ASKED]]},
    ],
)
def test_a_panel_with_an_id_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        check(PANEL | change, CALLBACKS)


def test_repeated_components_pass_with_ids_of_their_own() -> None:
    revoke = {"id": {"revoke": 4}, "property": "n_clicks", "value": 1}
    places = [{"id": "secrets", "property": "children@c21f8659"}, {"id": "done", "property": "data"}]
    body = {
        "output": "..secrets.children...done.data..",
        "outputs": places,
        "inputs": [[revoke]],
        "state": [SEARCH],
    }
    check(body, CALLBACKS)


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
        {"outputs": {"id": "x", "property": "children"}},
        {"outputs": {"id": "cards", "property": "figure"}},
        {"outputs": {"id": {"cards": 1}, "property": "children"}},
        {"inputs": []},
        {"inputs": None},
        {"inputs": "url"},
        {"inputs": [SEARCH, SEARCH]},
        {"inputs": [None]},
        {"inputs": [[SEARCH]]},
        {"inputs": [{"id": "url"}]},
        {"inputs": [{**SEARCH, "id": "elsewhere"}]},
        {"inputs": [{**SEARCH, "property": "href"}]},
        {"inputs": [{**SEARCH, "id": {"a": []}}]},
        {"state": [SEARCH]},
        {"changedPropIds": "url.search"},
        {"changedPropIds": [1]},
    ],
)
def test_what_no_page_sends_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        check(GOOD | change, CALLBACKS)


@pytest.mark.parametrize("body", [None, [], "text", 7, {}])
def test_a_body_that_is_no_object_of_ours_is_refused(body: object) -> None:
    with pytest.raises(BadRequest):
        check(body, CALLBACKS)
