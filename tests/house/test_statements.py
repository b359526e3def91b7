"""Statement names are literals that lead from a db function to its SQL."""

import ast
import re
from collections import Counter
from pathlib import Path

from db.statements import statements

DB = Path(__file__).parents[2] / "db"
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(DB.rglob("*.py"))]
RUNNERS = {"fetch", "fetch_one", "fetch_values", "execute"}
#: Helpers whose second argument is the statement.
HELPERS = {"Lock", "_fetch", "_read", "_opened", "_pieces"}
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


def names_in(function: ast.FunctionDef) -> list[ast.expr]:
    """The statement of each call in a function that runs one, also through the module's helpers or as a lock."""
    called = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    through = [
        node.args[1]
        for node in called
        if isinstance(node.func, ast.Name) and node.func.id in HELPERS and len(node.args) > 1
    ]
    return names_run(function) + through


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


def test_a_function_that_runs_one_statement_has_its_name() -> None:
    differing = [
        f"{function.name}: {names[0].value}"
        for tree in TREES
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if len(names := names_in(function)) == 1
        if isinstance(names[0], ast.Constant) and names[0].value != function.name
    ]

    assert differing == []
