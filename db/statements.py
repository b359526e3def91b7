"""Reads the named statements from the .sql files in db/queries; connections run them by name."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

QUERIES = Path(__file__).parent / "queries"
NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
PREPARE = re.compile(r"^-- prepare: (.+)$", re.MULTILINE)
PARAMETER = re.compile(r"%\((\w+)\)s")


class Statement(NamedTuple):
    """The text of one statement, and of its preparation."""

    text: str
    #: None: it is not prepared.
    prepare_text: str | None = None


def parse(text: str) -> dict[str, Statement]:
    """Split a file into statements at its `-- name: …` lines; raises ValueError for a duplicate name."""
    pieces = NAME.split(text)[1:]
    found: dict[str, Statement] = {}
    for name, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if name in found:
            raise ValueError(f"duplicate statement in one file: {name}")
        found[name] = _statement(name, piece.strip())
    return found


def _statement(name: str, text: str) -> Statement:
    """Parse one statement; a `-- prepare: name type, …` line has it prepared once per connection."""
    marked = PREPARE.search(text)
    if marked is None:
        return Statement(text)
    types = dict(parameter.split(maxsplit=1) for parameter in marked[1].split(", "))
    positions = {parameter: f"${position}" for position, parameter in enumerate(types, start=1)}
    planned = PARAMETER.sub(lambda match: positions[match[1]], PREPARE.sub("", text))
    values = ", ".join(f"%({parameter})s::{kind}" for parameter, kind in types.items())
    return Statement(
        f"EXECUTE {name} ({values})", f"PREPARE {name} ({', '.join(types.values())}) AS {planned}"
    )


@cache
def statements() -> dict[str, Statement]:
    """All statements of all files; raises ValueError for a duplicate name."""
    found: dict[str, Statement] = {}
    for path in sorted(QUERIES.rglob("*.sql")):
        for name, statement in parse(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"duplicate statement: {name}, also in {path.name}")
            found[name] = statement
    return found
