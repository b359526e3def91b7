"""The rules of the house, checked like everything else: format, lint, types, imports, and where SQL may stand."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("db", "ingest", "tasks", "analytics_app", "web", "standalone", "cli", "benchmarks")
SOURCES = [*sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), ROOT / "manage.py"]
# The words in capitals, or whatever their case, in the company that only SQL keeps.
SQL = re.compile(
    r"\s*(?:(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|TRUNCATE)\s+\S"
    r"|(?i:select\s[\s\S]+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s+\w+\s*(?:;|$|where\s)"
    r"|with\s+(?:recursive\s+)?\w+\s+as\s+(?:materialized\s*)?\(|(?:create|alter|drop|truncate)\s+(?:table|index)\s))"
)
LOCKED = re.compile(
    r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+( ; [^:/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
)
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["-c", "from importlinter.cli import lint_imports_command as check; check()"],
    ],
    ids=["format", "lint", "types", "imports"],
)
def test_the_checks_of_the_house_pass(command: list[str]) -> None:
    words = command if command[0] == "-c" else ["-m", *command]

    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_sql_stands_in_sql_files_only(path: Path) -> None:
    assert [text for text in _literals(ast.parse(path.read_text())) if SQL.match(text)] == []


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("SELECT 1", True),
        ("select name from users", True),
        ("insert into users values (1)", True),
        ("update users set name = 'x'", True),
        ("\n  delete from users where true", True),
        ("with mail as (select 1)", True),
        ("With an error", False),
        ("with what is not over yet", False),
        ("Select a project", False),
        ("Update your settings", False),
        ("Delete all of it", False),
        ("Create a key", False),
    ],
)
def test_sql_is_told_from_sentences(text: str, is_sql: bool) -> None:
    assert bool(SQL.match(text)) is is_sql


def _literals(tree: ast.Module) -> list[str]:
    """Every text in the code but the sentences that stand alone: docstrings."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in alone)
    return [node.value for node in texts if isinstance(node.value, str)]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_every_module_says_where_it_stands(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_no_file_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("lock", LOCKS, ids=_name)
def test_a_lock_holds_hashes_and_no_hosts(lock: Path) -> None:
    text = lock.read_text()

    assert "--hash=sha256:" in text
    # Packages with their versions and hashes, and nothing else: no option, no address.
    assert [line for line in text.splitlines() if not LOCKED.fullmatch(line)] == []
