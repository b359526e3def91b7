"""The browser without a screen asks what Dash's own code would ask."""

import json
from typing import Any

import pytest

from benchmarks.browser import components, is_initial_call, outputs, request_body

CALLBACK: dict[str, Any] = {
    "output": "..cards.children...tokens-figure.figure..",
    "inputs": [{"id": "url", "property": "search"}],
    "state": [{"id": "shown", "property": "data"}],
    "prevent_initial_call": False,
    "clientside_function": None,
}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("content.children", [("content", "children")]),
        ("..a.data...b.figure..", [("a", "data"), ("b", "figure")]),
        ("url.search@4f", [("url", "search@4f")]),
    ],
)
def test_a_callback_names_the_places_it_writes_to(text: str, places: list[tuple[str, str]]):
    assert [(place["id"], place["property"]) for place in outputs(text)] == places


def test_components_are_found_however_deep_they_stand():
    page = {"props": {"children": [{"props": {"id": "a", "children": {"props": {"id": "b", "data": 1}}}}]}}

    assert [part["id"] for part in components(page)] == ["a", "b"]


def test_a_callback_is_asked_once_all_its_places_are_there():
    assert is_initial_call(CALLBACK, {"cards": {}, "tokens-figure": {}})
    assert not is_initial_call(CALLBACK, {"cards": {}})


@pytest.mark.parametrize("kind", [{"prevent_initial_call": True}, {"clientside_function": {"name": "x"}}])
def test_what_waits_or_runs_in_the_browser_is_not_asked(kind: dict[str, Any]):
    assert not is_initial_call(CALLBACK | kind, {"cards": {}, "tokens-figure": {}})


def test_a_request_says_what_stands_in_the_places_and_null_for_the_rest():
    body = json.loads(request_body(CALLBACK, {"url.search": "?days=365"}))

    assert [place["value"] for place in (*body["inputs"], *body["state"])] == ["?days=365", None]
    assert body["changedPropIds"] == ["url.search"]
