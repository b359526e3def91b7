"""What a page says, read as a person or a spreadsheet would."""

import csv
from io import StringIO
from typing import Any

from tests.integration.analytics_app.conftest import Visitor


def page(visitor: Visitor, output: str, search: str = "", **more: object) -> dict[str, Any]:
    """The parts of a page by the component they are for; `output` is one of them."""
    values = {"url.search": search, "theme.data": "light", **more}
    answer = visitor.call(output, values)
    assert answer.status_code == 200, answer.text
    parts: dict[str, Any] = answer.get_json()["response"]
    return parts


def texts(part: Any) -> str:
    """All the words in a part of a page, in order."""
    if isinstance(part, dict):
        return texts(part.get("props", part).get("children"))
    if isinstance(part, list):
        return " ".join(filter(None, map(texts, part)))
    return "" if part is None else str(part)


def file(visitor: Visitor, name: str, search: str = "") -> list[list[str]]:
    """The rows of a CSV file, without its titles."""
    answer = visitor.get(f"/csv/{name}.csv{search}")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))[1:]
