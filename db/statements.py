"""The named statements of db/queries, read once: every statement of the house has a name and stands in a .sql file."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

QUERIES = Path(__file__).parent / "queries"
NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
PREPARE = re.compile(r"^-- prepare: (.+)$", re.MULTILINE)
PARAMETER = re.compile(r"%\((\w+)\)s")


class Statement(NamedTuple):
    """One statement: what is sent to run it, and what a connection must have been told before."""

    text: str
    #: None: it needs no preparation.
    preparation: str | None = None


def parse(text: str) -> dict[str, Statement]:
    """Split one file into statements by their `-- name: …` lines; no two may have one name."""
    pieces = NAME.split(text)[1:]
    found: dict[str, Statement] = {}
    for name, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if name in found:
            raise ValueError(f"the statement {name} stands twice in one file")
        found[name] = _statement(name, piece.strip())
    return found


def _statement(name: str, text: str) -> Statement:
    """A `-- prepare: name type, …` line has a statement planned once a connection: for those that run all the time."""
    marked = PREPARE.search(text)
    if marked is None:
        return Statement(text)
    types = dict(parameter.split(maxsplit=1) for parameter in marked[1].split(", "))
    places = {parameter: f"${place}" for place, parameter in enumerate(types, start=1)}
    planned = PARAMETER.sub(lambda match: places[match[1]], PREPARE.sub("", text))
    values = ", ".join(f"%({parameter})s::{kind}" for parameter, kind in types.items())
    return Statement(
        f"EXECUTE {name} ({values})", f"PREPARE {name} ({', '.join(types.values())}) AS {planned}"
    )


@cache
def statements() -> dict[str, Statement]:
    """All statements of all files; a name that stands twice is a mistake of ours and stops the start."""
    found: dict[str, Statement] = {}
    for path in sorted(QUERIES.rglob("*.sql")):
        for name, statement in parse(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"the statement {name} stands twice, again in {path.name}")
            found[name] = statement
    return found
