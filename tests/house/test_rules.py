"""Each rule of house style finds a violation that was planted for it, and leaves alone what obeys it."""

import pytest

from tests.house import rules


def test_a_folder_of_16_modules_is_crowded() -> None:
    folder = {f"db/m{number}.py": "" for number in range(16)}

    assert rules.crowded_folders(folder) == ["db: 16 modules"]
    assert rules.crowded_folders(dict(list(folder.items())[:15])) == []


def test_two_modules_of_one_name_are_found_unless_the_name_is_shared() -> None:
    sources = {"db/errors.py": "", "ingest/http/errors.py": "", "db/config.py": "", "cli/config.py": ""}

    assert rules.repeated_module_names(sources) == ["errors: db/errors.py, ingest/http/errors.py"]


def test_two_classes_of_one_name_are_found() -> None:
    sources = {"db/a.py": "class Row: ...\nclass Own: ...", "cli/b.py": "class Row: ..."}

    assert rules.repeated_class_names(sources) == ["Row: db/a.py, cli/b.py"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import db.users as people", True),
        ("from db import users as people", True),
        ("def f():\n    from db import users as people", True),
        ("import numpy as np", False),
        ("from db import users", False),
        ("from db.users import add as add_user", False),
    ],
)
def test_a_renamed_import_of_ours_is_found(line: str, found: bool) -> None:
    assert bool(rules.renamed_imports({"cli/a.py": line, "db/users.py": ""})) is found


@pytest.mark.parametrize("word", ["gunicorn", "subprocess", "ctypes", "pwd"])
def test_process_control_is_found(word: str) -> None:
    assert rules.process_control({"db/a.py": f"import {word}", "db/b.py": "import json"}) == ["db/a.py"]


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
def test_sql_is_distinguished_from_sentences(text: str, is_sql: bool) -> None:
    assert bool(rules.sql_literals(f"query = {text!r}")) is is_sql
    assert rules.sql_literals(f"def f():\n    {text!r}") == []


@pytest.mark.parametrize(
    ("docstring", "obeys"),
    [
        ('"""Reads the requests of clients."""', True),
        ('"""Reads the requests\nof clients.\n\nMore about it"""', True),
        ('"""Reads the requests of clients"""', False),
        ('"""Requests."""', False),
        ("import json", False),
    ],
)
def test_a_module_without_an_opening_sentence_is_found(docstring: str, obeys: bool) -> None:
    assert (rules.unplaced_modules({"db/a.py": docstring}) == []) is obeys


def test_a_file_of_401_lines_is_long() -> None:
    assert rules.long_files({"a.py": "x\n" * 401, "b.py": "x\n" * 400}) == ["a.py: 401 lines"]


def test_a_function_of_61_lines_is_long() -> None:
    sources = {"a.py": "def f():\n" + "    x\n" * 60, "b.py": "async def f():\n" + "    x\n" * 59}

    assert rules.long_functions(sources) == ["a.py:1 f: 61 lines"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def _f(): return 1\nx = _f()", True),
        ('def _f():\n    "Documented."\n    a\n    b\n    c\n    d\nx = _f()', True),
        ("def _f(): return 1\nx = _f() + _f()", False),
        ("def _f():\n    a\n    b\n    c\n    d\n    e\nx = _f()", False),
        ("def f(): return 1\nx = f()", False),
    ],
)
def test_a_short_helper_that_is_used_once_is_found(text: str, found: bool) -> None:
    assert bool(rules.one_use_helpers({"a.py": text})) is found


def test_code_lines_count_no_comments_blanks_and_docstrings() -> None:
    assert (
        rules.code_lines('"""Doc\nstring."""\n\n# note\nx = [\n    1,\n]\n\n\ndef f():\n    """Doc."""\n')
        == 4
    )


def test_an_import_circle_is_found() -> None:
    sources = {"db/a.py": "from db import b", "db/b.py": "import db.c", "db/c.py": "from db.a import x"}

    assert rules.import_circles(rules.import_graph(sources)) == ["db.a", "db.b", "db.c"]
    assert rules.import_circles(rules.import_graph(sources | {"db/c.py": ""})) == []


def test_imports_for_types_and_in_functions_make_no_circle() -> None:
    late = "if TYPE_CHECKING:\n    from db import a\n\ndef f():\n    from db import a"

    assert rules.import_circles(rules.import_graph({"db/a.py": "from db import b", "db/b.py": late})) == []


def test_packages_that_import_each_other_are_found() -> None:
    sources = {
        "web/app.py": "from web.pages import home",
        "web/config.py": "",
        "web/pages/home.py": "from ..config import x",
        "db/a.py": "",
        "web/b.py": "import db.a",
    }

    assert rules.mutual_packages(rules.import_graph(sources)) == [("web", "web.pages")]
