"""JSON Schema to words: how a shape reads on the page of the API, with links from shape to shape."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

Json = dict[str, Any]
Node = Element | str

PLAIN = {
    "integer": "whole number",
    "number": "number",
    "string": "string",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
    "array": "list",
}
FORMATS = {"date-time": "time (RFC 3339)", "date": "date", "uuid": "UUID"}


def node(tag: str, *children: Node, class_: str = "", **attributes: str) -> Element:
    """An element; text in it is escaped when it is written."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    element = Element(tag, named | ({"class": class_} if class_ else {}))
    add(element, *children)
    return element


def add(parent: Element, *children: Node) -> None:
    """Put text and elements behind what is there already."""
    for child in children:
        if isinstance(child, Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + child
        else:
            parent.text = (parent.text or "") + child


def prose(text: str) -> list[Element]:
    """Paragraphs, and `code` between backticks."""
    return [node("p", *_with_code(paragraph)) for paragraph in text.split("\n\n") if paragraph]


def _with_code(text: str) -> Iterator[Node]:
    for place, part in enumerate(text.split("`")):
        yield node("code", part) if place % 2 else part


def schema_id(name: str) -> str:
    """Where on the page a shape is told."""
    return f"shape-{name}"


def kind(schema: Json) -> Iterator[Node]:
    """What a value is, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield node("a", name, href=f"#{schema_id(name)}")
    elif "anyOf" in schema:
        yield from _alternatives([option for option in schema["anyOf"] if option.get("type") != "null"])
    elif "enum" in schema:
        yield from _values(schema["enum"])
    elif schema.get("type") == "array" and schema.get("items"):
        yield "list of "
        yield from kind(schema["items"])
    elif isinstance(schema.get("additionalProperties"), dict) and schema["additionalProperties"]:
        yield "object of name → "
        yield from kind(schema["additionalProperties"])
    else:
        yield FORMATS.get(schema.get("format", "")) or PLAIN.get(schema.get("type", ""), "anything else")


def _alternatives(options: list[Json]) -> Iterator[Node]:
    for place, option in enumerate(options):
        if place:
            yield ", or "
        yield from kind(option)


def _values(values: list[Any]) -> Iterator[Node]:
    for place, value in enumerate(values):
        if place:
            yield ", "
        yield node("code", str(value))


def constraints(schema: Json) -> Iterator[Node]:
    """How long, how many, how large, and whether it may be null."""
    options = schema.get("anyOf", [schema])
    words = [word for option in options for word in _limits(option)]
    # A null that can be left out as well is not worth a word.
    if "default" not in schema and any(option.get("type") == "null" for option in options):
        words.append("or null")
    if schema.get("default") is not None:
        words.append(f"{schema['default']} unless told")
    if words:
        yield node("span", ", ".join(words), class_="limits")


def _limits(schema: Json) -> Iterator[str]:
    if "maximum" in schema:
        yield f"{_number(schema['minimum'])} to {_number(schema['maximum'])}"
    elif "minimum" in schema:
        yield f"from {schema['minimum']}"
    if "maxLength" in schema:
        yield f"{schema.get('minLength', 0)} to {schema['maxLength']} characters"
    if "maxItems" in schema or "maxProperties" in schema:
        yield f"at most {schema.get('maxItems') or schema.get('maxProperties'):,}"


def _number(value: int) -> str:
    return "10¹²" if value == 10**12 else "−10¹²" if value == -(10**12) else f"{value:,}"
