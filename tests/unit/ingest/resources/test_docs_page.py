"""The page that tells people of the API: whole, in itself, and without a script."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from ingest.openapi.document import describe
from ingest.openapi.operations import OPERATIONS
from ingest.resources.docs_page import curl, render, shown
from tests.unit.ingest.conftest import Api


class Reader(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if tag == "a" else []
        self.fetched += [attributes[name] for name in ("src", "srcset", "data") if name in attributes]
        self.fetched += [attributes["href"]] if tag == "link" else []


@pytest.fixture(scope="module")
def page() -> str:
    return render(describe(public_team_stats=False))


def test_the_page_is_for_everybody(api: Api) -> None:
    answer = api.get("/docs", person=None)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!doctype html>")


def test_the_page_may_use_its_own_style_and_nothing_else(api: Api) -> None:
    answer = api.get("/docs", person=None)

    [style] = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in policy


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    reader = Reader(page)

    assert [source for source in reader.fetched if not source.startswith("data:")] == []
    assert not reader.tags & {"script", "iframe", "img", "form", "object"}


def test_every_link_leads_to_a_place_on_the_page(page: str) -> None:
    reader = Reader(page)

    assert {link for link in reader.links if link[1:] not in reader.ids} == set()
    assert len(set(reader.ids)) == len(reader.ids)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)
def test_every_operation_is_told_with_an_example(page: str, operation: Any) -> None:
    article = page.partition(f'id="{operation.name}"')[2].partition("</article>")[0]

    assert all(status in article for status in map(str, operation.answers))
    assert "curl &quot;$INSIGHTS/" in article.replace('"', "&quot;")


def test_what_is_told_is_escaped() -> None:
    document = describe(public_team_stats=False)
    document = document | {"info": document["info"] | {"description": "<script>alert(1)</script> & `<b>`"}}

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <code>&lt;b&gt;</code>" in render(document)


def test_a_command_shows_the_key_only_where_one_is_needed() -> None:
    paths = describe(public_team_stats=True)["paths"]

    assert curl("get", "/health", paths["/health"]["get"]) == 'curl "$INSIGHTS/health"'
    assert curl("get", "/api/v1/me", paths["/api/v1/me"]["get"]).endswith('-H "X-API-Key: $KEY"')


def test_a_command_asks_with_the_values_that_are_taken_anyway() -> None:
    stats = describe(public_team_stats=False)["paths"]["/api/v1/team/tools"]["get"]

    assert '"$INSIGHTS/api/v1/team/tools?days=7&limit=10"' in curl("get", "/api/v1/team/tools", stats)


@pytest.mark.parametrize("value", [1, "x", [], {"a": [1, {"b": None}]}, [{"name": "y" * 60}] * 3])
def test_json_is_shown_as_it_is(value: object) -> None:
    text = shown(value)

    assert json.loads(text) == value
    assert all(len(line) <= 80 for line in text.splitlines())
