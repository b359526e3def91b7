"""The controls that pages share say what they do to everyone, and lead nowhere where there is nothing."""

from typing import Any

import pytest
from dash import html

from analytics_app.components.controls import (
    confirm,
    copy_button,
    csv_link,
    numbered_pager,
    segment,
    segments,
)
from analytics_app.i18n.languages import Language


def props(component: Any) -> dict[str, Any]:
    return dict(component.to_plotly_json()["props"])


@pytest.mark.parametrize(
    ("page", "back", "following"), [(1, None, "/list/2"), (2, "/list/1", "/list/3"), (3, "/list/2", None)]
)
def test_a_pager_leads_to_the_pages_that_there_are(
    page: int, back: str | None, following: str | None, english: Language
) -> None:
    shown = numbered_pager(page, 3, lambda number: f"/list/{number}", english)
    assert shown is not None
    first, where, last = shown.children
    assert [getattr(step, "href", None) for step in (first, last)] == [back, following]
    assert where.children == f"Page {page} of 3"


def test_one_page_needs_no_pager(english: Language) -> None:
    assert numbered_pager(1, 1, str, english) is None


def test_segments_are_a_named_group_with_one_active(english: Language) -> None:
    shown = segments("Period", [segment("7 d", "/?days=7", active=True), segment("30 d", "/", active=False)])
    assert (props(shown)["role"], props(shown)["aria-label"]) == ("group", "Period")
    assert [item.className for item in shown.children] == ["segment active", "segment"]


def test_a_confirmation_shows_the_consequence_before_the_button() -> None:
    button = html.Button("Do it")
    summary, box = confirm("Stop", "Uploads stop.", button).children
    assert summary.children == "Stop"
    assert [box.children[0].children, box.children[1]] == ["Uploads stop.", button]


def test_a_csv_link_downloads_the_table_of_its_name(english: Language) -> None:
    link = csv_link("tokens", english)
    assert (link.href, link.download, link.children) == ("/csv/tokens.csv", "tokens.csv", "CSV")
    assert csv_link("charges", english, "by person").children == "by person"


def test_a_copy_button_names_the_element_that_it_copies(english: Language) -> None:
    assert props(copy_button("query-tokens", english))["data-copy"] == "query-tokens"
