"""How a shape reads."""

from typing import Any
from xml.etree.ElementTree import tostring

import pytest

from ingest.openapi.schema_words import constraints, kind, node, prose

TEXT = {"type": "string"}
NULL = {"type": "null"}


def written(schema: dict[str, Any]) -> str:
    """Both halves of what is told of a value, without their marks."""
    words = node("p", *kind(schema), " ", *constraints(schema))
    return "".join(words.itertext()).strip()


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 365, "default": 7},
            "whole number 1 to 365, 7 unless told",
        ),
        ({"type": "integer", "minimum": 0, "maximum": 10**12}, "whole number 0 to 10¹²"),
        ({"type": "integer", "minimum": -(10**12), "maximum": 10**12}, "whole number −10¹² to 10¹²"),
        ({"type": "integer", "minimum": 1}, "whole number from 1"),
        ({"type": "string", "minLength": 1, "maxLength": 200}, "string 1 to 200 characters"),
        ({"anyOf": [TEXT, NULL]}, "string or null"),
        ({"anyOf": [TEXT, NULL], "default": None}, "string"),
        ({"anyOf": [TEXT, {"type": "object"}, {"type": "array"}]}, "string, or object, or list"),
        (
            {"type": "array", "items": {"anyOf": [TEXT, NULL]}, "maxItems": 1000},
            "list of string at most 1,000",
        ),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "object of name → true or false"),
        ({"type": "string", "format": "date-time"}, "time (RFC 3339)"),
        ({"enum": ["none", "full"]}, "none, full"),
        ({"$ref": "#/components/schemas/Problem"}, "Problem"),
        ({}, "anything else"),
    ],
)
def test_a_value_reads_in_words(schema: dict[str, Any], words: str) -> None:
    assert written(schema) == words


def test_a_shape_is_linked() -> None:
    [link] = kind({"$ref": "#/components/schemas/Problem"})

    assert tostring(link) == b'<a href="#shape-Problem">Problem</a>'


def test_prose_has_paragraphs_and_code() -> None:
    assert [tostring(part) for part in prose("one `two`\n\nthree")] == [
        b"<p>one <code>two</code></p>",
        b"<p>three</p>",
    ]
