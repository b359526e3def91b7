"""Statement names are literals that lead from a db function to its SQL."""

import ast
import re
from collections import Counter
from pathlib import Path

from db.statements import statements

DB = Path(__file__).parents[2] / "db"
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(DB.rglob("*.py"))]
RUNNERS = {"fetch", "fetch_one", "fetch_values", "execute"}
OURS = {name for name in statements() if not name.startswith("test_")}


def names_run(tree: ast.AST) -> list[ast.expr]:
    """The first argument of each call that runs a statement."""
    return [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RUNNERS
        and node.args
    ]


def test_every_statement_literal_exists() -> None:
    literals = {
        name.value
        for tree in TREES
        for name in names_run(tree)
        if isinstance(name, ast.Constant) and re.fullmatch(r"\w+", name.value)
    }

    assert literals - OURS == set()


def test_every_statement_is_used() -> None:
    root = DB.parent
    sources = (
        path.read_text() for room in ("db", "tasks", "ingest", "cli") for path in (root / room).rglob("*.py")
    )
    source = "\n".join(sources)

    assert [name for name in sorted(OURS) if f'"{name}"' not in source] == []


def test_no_statement_name_is_composed() -> None:
    composed = [
        ast.unparse(name) for tree in TREES for name in names_run(tree) if isinstance(name, ast.JoinedStr)
    ]

    assert composed == []


def test_public_functions_have_names_of_their_own() -> None:
    names = Counter(
        node.name
        for tree in TREES
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    )

    assert [name for name, count in names.items() if count > 1] == []
