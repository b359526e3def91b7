"""The named statements of db/queries, read once: every statement of the house has a name and stands in a .sql file."""

import re
from functools import cache
from pathlib import Path

QUERIES = Path(__file__).parent / "queries"
NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def parse(text: str) -> dict[str, str]:
    """Split one file into statements by their `-- name: …` lines."""
    pieces = NAME.split(text)[1:]
    return dict(zip(pieces[::2], (piece.strip() for piece in pieces[1::2]), strict=True))


@cache
def statements() -> dict[str, str]:
    """All statements of all files; a name that stands twice is a mistake of ours and stops the start."""
    found: dict[str, str] = {}
    for path in sorted(QUERIES.glob("*.sql")):
        for name, statement in parse(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"the statement {name} stands twice, again in {path.name}")
            found[name] = statement
    return found
