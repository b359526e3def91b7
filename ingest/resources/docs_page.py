"""GET /docs: the OpenAPI document as one page to read, rendered once; nothing in it is fetched from elsewhere."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, tostring

import falcon

from ingest.openapi.operations import JSON
from ingest.openapi.schema_words import Node, add, constraints, kind, node, prose, schema_id

Json = dict[str, Any]

STYLE = Path(__file__).with_name("docs_page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
#: The page needs its own style and an icon, and no script at all.
SECURITY = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Crect width='18' height='18'"
    " rx='5' fill='%234F46E5'/%3E%3Cpath d='M5 13V9m4 4V5m4 8V7' stroke='white' stroke-width='2'/%3E%3C/svg%3E"
)
#: Characters of JSON in one line.
LINE = 76
SETUP = "export INSIGHTS=http://localhost:8080\nexport KEY=dkd_sk_…"


class DocsPage:
    """The page, rendered when it is first asked for; it does not change while the process runs."""

    def __init__(self, document: Json) -> None:
        self._document = document

    @cached_property
    def _data(self) -> bytes:
        return render(self._document).encode()

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The whole page."""
        resp.content_type = "text/html; charset=utf-8"
        resp.set_headers(SECURITY)
        resp.data = self._data

    on_head = on_get


def render(document: Json) -> str:
    """The page of an OpenAPI document."""
    title = document["info"]["title"]
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", title),
        node("link", rel="icon", href=ICON),
        node("style", STYLE),
    )
    skip = node("a", "Skip to the text", href="#text", class_="skip")
    body = node("body", skip, _introduction(document), _contents(document), _text(document))
    return "<!doctype html>\n" + tostring(node("html", head, body, lang="en"), "unicode", method="html")


def _groups(document: Json) -> Iterator[tuple[str, list[tuple[str, str, Json]]]]:
    """Each group with its operations: method, path and what is said of it. HEAD is told beside its GET."""
    operations = [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "head"
    ]
    for tag in document["tags"]:
        name = tag["name"]
        yield name, [operation for operation in operations if name in operation[2]["tags"]]


def _introduction(document: Json) -> Element:
    info = document["info"]
    introduction = node("header", node("h1", info["title"]), *prose(info["description"]), id="top")
    add(introduction, node("p", "The examples below expect two things of your shell:"), _code(SETUP))
    return introduction


def _contents(document: Json) -> Element:
    """The list of everything, beside the text."""
    brand = node("a", node("span", class_="mark"), document["info"]["title"], href="#top", class_="brand")
    contents = node("nav", brand, aria_label="Contents")
    for name, operations in _groups(document):
        links = [
            node("a", _method(method), node("span", path), href=f"#{operation['operationId']}")
            for method, path, operation in operations
        ]
        add(contents, node("h2", name), node("ul", *(node("li", link) for link in links)))
    shapes = [node("li", node("a", name, href=f"#{schema_id(name)}")) for name in _schemas(document)]
    add(contents, node("h2", node("a", "Shapes", href="#shapes")), node("ul", *shapes, class_="shapes"))
    return contents


def _schemas(document: Json) -> Json:
    schemas: Json = document["components"]["schemas"]
    return schemas


def _text(document: Json) -> Element:
    text = node("main", id="text")
    for name, operations in _groups(document):
        articles = [_operation(document, *operation) for operation in operations]
        add(text, node("section", node("h2", name), *articles))
    shapes = [_shape(name, schema) for name, schema in _schemas(document).items()]
    about = node("p", "What is sent and answered, field by field. ", _star(), " marks what must be there.")
    add(text, node("section", node("h2", "Shapes"), about, *shapes, id="shapes"))
    return text


def _operation(document: Json, method: str, path: str, operation: Json) -> Element:
    parts: list[Node] = [node("h3", _method(method), " ", node("code", path)), *_sentences(operation)]
    parts.append(node("p", "Needs a key." if needs_key(operation) else "Needs no key.", class_="note"))
    if operation["parameters"]:
        rows = map(_parameter, operation["parameters"])
        parts += [node("h4", "Parameters"), node("dl", *_flat(rows))]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"][JSON]["schema"]
        parts += [node("h4", "Body"), node("p", *kind(schema), *constraints(schema))]
    answers = (_answer(status, answer) for status, answer in operation["responses"].items())
    parts += [node("h4", "Example"), _code(curl(method, path, operation), class_="curl"), *_shown(operation)]
    parts += [node("h4", "Answers"), node("dl", *_flat(answers), class_="answers")]
    return node("article", *parts, id=operation["operationId"])


def _sentences(operation: Json) -> Iterator[Element]:
    yield node("p", operation["summary"], class_="lead")
    if operation["description"] != f"{operation['summary']}.":
        yield from prose(operation["description"])


def needs_key(operation: Json) -> bool:
    """Is nothing told without a key?"""
    return {} not in operation["security"]


def curl(method: str, path: str, operation: Json) -> str:
    """A command that does it, for a shell that knows INSIGHTS and KEY."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    query = "&".join(
        f"{parameter['name']}={parameter['schema']['default']}"
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    )
    words = ["curl", f'"$INSIGHTS{path}{"?" if query else ""}{query}"']
    if needs_key(operation):
        words += ["-H", '"X-API-Key: $KEY"']
    if "requestBody" not in operation:
        return " ".join(words)
    example = operation["requestBody"]["content"][JSON]["example"]
    verb = "" if method == "post" else f" -X {method.upper()}"
    sent = shown(example)
    return f"{' '.join(words)}{verb} \\\n  -H \"Content-Type: application/json\" -d '{sent}'"


def _shown(operation: Json) -> Iterator[Element]:
    """The answer of the example."""
    answer = next(iter(operation["responses"].values()))
    for media_type, content in answer["content"].items():
        example = content["example"]
        if media_type == JSON:
            example = shown(example)
        yield _code(example, class_="shown")


def shown(value: Any, indent: str = "") -> str:
    """JSON as people write it: what fits into a line stays in one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= LINE or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        opening, closing, members = "[", "]", [shown(item, deeper) for item in value]
    else:
        opening, closing = "{", "}"
        members = [f"{json.dumps(name)}: {shown(item, deeper)}" for name, item in value.items()]
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(members) + f"\n{indent}{closing}"


def _answer(status: str, answer: Json) -> tuple[Element, Element]:
    meaning = node("dd", *prose(answer["description"]))
    for media_type, content in answer["content"].items():
        if media_type == JSON and content["schema"].get("type") != "object":
            add(meaning, node("p", *kind(content["schema"])))
    told = [name for name in answer["headers"] if name != "X-Request-ID"]
    if told:
        add(meaning, node("p", "With ", *_listed(told), class_="note"))
    return node("dt", status, class_=f"status s{status[0]}"), meaning


def _listed(names: list[str]) -> Iterator[Node]:
    for place, name in enumerate(names):
        yield from (", ", node("code", name)) if place else (node("code", name),)


def _parameter(parameter: Json) -> tuple[Element, Element]:
    schema = parameter["schema"]
    name = node("dt", node("code", parameter["name"]), *([_star()] if parameter["required"] else []))
    place = {"query": "", "header": "Header. ", "path": "In the path. "}[parameter["in"]]
    meaning = prose(place + parameter["description"])
    return name, node("dd", node("p", *kind(schema), *constraints(schema), class_="kind"), *meaning)


def _shape(name: str, schema: Json) -> Element:
    required = schema.get("required", ())
    rows = (
        _field(field, details, field in required) for field, details in schema.get("properties", {}).items()
    )
    heading = node("h3", name)
    return node(
        "article",
        heading,
        *prose(schema.get("description", "")),
        node("dl", *_flat(rows)),
        id=schema_id(name),
    )


def _field(name: str, schema: Json, required: bool) -> tuple[Element, Element]:
    meaning = node("dd", node("p", *kind(schema), *constraints(schema), class_="kind"))
    add(meaning, *prose(schema.get("description", "")))
    return node("dt", node("code", name), *([_star()] if required else [])), meaning


def _star() -> Element:
    return node("span", "*", class_="star", title="must be there")


def _method(method: str) -> Element:
    return node("span", method.upper(), class_=f"method {method}")


def _code(text: str, class_: str = "") -> Element:
    # Scrolls sideways, so the keyboard must reach it.
    return node("pre", node("code", text), class_=class_, tabindex="0")


def _flat(rows: Iterable[tuple[Element, Element]]) -> Iterator[Element]:
    for row in rows:
        yield from row
