"""The API reference: served with its viewer by ingest itself, under a strict Content-Security-Policy."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from ingest.resources.docs_page import PAGE, VENDOR, VIEWER
from tests.unit.ingest.conftest import Api

DEPENDENCIES = Path(__file__).resolve().parents[4] / "docs" / "dependencies.md"


def test_the_page_needs_no_key(api: Api) -> None:
    answer = api.get("/docs", person=None)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text == PAGE


@pytest.mark.parametrize("tag", ["script", "style"])
def test_the_policy_allows_inline_code_by_its_hash_only(api: Api, tag: str) -> None:
    answer = api.get("/docs", person=None)

    [inline] = re.findall(f"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert f"{tag}-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_every_file_of_the_page_is_served_without_a_key(api: Api) -> None:
    files = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', PAGE)

    assert len(files) == 3
    assert {api.get(f"/{file}", person=None).status_code for file in files} == {200}


@pytest.mark.parametrize("path", ["missing.js", "../document.py", "%2e%2e/document.py"])
def test_only_vendored_files_are_served(api: Api, path: str) -> None:
    assert api.get(f"/docs/static/{path}", person=None).status_code == 404


@pytest.mark.parametrize("ending", ["js", "css"])
def test_the_viewer_is_the_file_that_was_published(ending: str) -> None:
    name = f"{VIEWER}.{ending}"
    digest = hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()

    assert f"`{name}` | `{digest}`" in DEPENDENCIES.read_text(encoding="utf-8")


def test_the_licence_is_beside_the_viewer() -> None:
    assert "Apache License" in (VENDOR / f"{VIEWER}.LICENSE.txt").read_text(encoding="utf-8")
