"""A callback request that no page of ours would send is a 400, never a 500."""

from typing import Any

import pytest
from werkzeug.exceptions import BadRequest

from analytics_app.callback_body import check

CALLBACKS: dict[str, dict[str, Any]] = {
    "cards.children": {
        "inputs": [{"id": "url", "property": "search"}],
        "state": [],
        "output": "cards.children",
        "callback": print,
    },
    "..secrets.children...done.data..": {
        "inputs": [{"id": '{"revoke":["ALL"]}', "property": "n_clicks"}],
        "state": [{"id": "url", "property": "search"}],
        "output": ["secrets.children", "done.data"],
        "callback": print,
    },
    "side.className": {"inputs": [], "state": [], "output": "side.className"},
}
SEARCH = {"id": "url", "property": "search", "value": "?days=7"}
CARDS = {"id": "cards", "property": "children"}
GOOD = {"output": "cards.children", "outputs": CARDS, "inputs": [SEARCH], "changedPropIds": ["url.search"]}


def test_what_a_page_sends_passes() -> None:
    check(GOOD, CALLBACKS)


def test_repeated_components_pass_with_ids_of_their_own() -> None:
    revoke = {"id": {"revoke": 4}, "property": "n_clicks", "value": 1}
    places = [{"id": "secrets", "property": "children"}, {"id": "done", "property": "data"}]
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
