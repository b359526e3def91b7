"""A field of an upload stands where people look for it, and is tried with what no client should send."""

import re
from pathlib import Path

import msgspec
import pytest

from ingest.uploads import schema
from ingest.uploads.session_record import NAMES
from tests.integration.ingest.hostile_items import EVERYWHERE

CHECKOUT = Path(__file__).resolve().parents[4]
SHAPES = (schema.SessionUpload, schema.ToolReport, schema.TokenRow, schema.ToolCall, schema.Message)


def test_every_field_is_told() -> None:
    chapter = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8").split("\n## A session\n")[1]
    told = chapter.split("\n```\n")[1]

    fields = {field.name for shape in SHAPES for field in msgspec.structs.fields(shape)}
    assert fields - set(re.findall(r"\w+", told)) == set(), "docs/api.md does not tell of these"


def test_every_field_of_a_session_is_tried_with_what_it_cannot_be() -> None:
    tried = "".join(EVERYWHERE.values())

    fields = [field.name for field in msgspec.structs.fields(schema.SessionUpload)]
    assert [name for name in fields if f'"{name}": ' not in tried] == [], "add these to hostile_items"


@pytest.mark.parametrize("name", ["project_name", *NAMES])
def test_a_secret_is_looked_for_after_it_was_sent_in_any_name(name: str) -> None:
    assert f'"{name}": ' in (CHECKOUT / "tests" / "system" / "test_canaries.py").read_text(encoding="utf-8")
