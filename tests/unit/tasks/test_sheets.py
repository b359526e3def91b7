"""From lines to rows: what stands in a line comes out of it, and every part finds its session."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.datasets import LINES, OWN
from tasks.sheets import parse, with_owner

TYPES = pa.schema([pa.field("name", pa.string()), pa.field("count", pa.int64())])


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("bash,7", ("bash", 7)),
        (",", (None, None)),
        ('"",0', ("", 0)),
        ('"a ""b"", c\\d\n\r\te",1', ('a "b", c\\d\n\r\te', 1)),
        ('"NULL",', ("NULL", None)),
        ('"-1",-1', ("-1", None)),
    ],
)
def test_a_line_becomes_a_row(line: str, row: tuple[str | None, int | None]) -> None:
    table = parse(["first,1", line], TYPES)

    assert tuple(table.to_pylist()[1].values()) == row


@pytest.mark.parametrize("before", range(2**20 - 4, 2**20))
def test_a_line_break_survives_where_a_megabyte_ends(before: int) -> None:
    name = "x" * before + "\r\n"

    assert parse([f'"{name}",1', "next,2"], TYPES)["name"].to_pylist() == [name, "next"]


named = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)


@given(st.lists(st.tuples(named, st.none() | st.integers(0, 2**63 - 1)), min_size=1))
def test_whatever_stands_in_lines_comes_out_of_them(rows: list[tuple[str | None, int | None]]) -> None:
    lines = [f"{quoted(name)},{'' if count is None else count}" for name, count in rows]

    assert [tuple(row.values()) for row in parse(lines, TYPES).to_pylist()] == rows


def quoted(name: str | None) -> str:
    """As PostgreSQL's quote_ident."""
    if name is None or re.fullmatch("[a-z_][a-z0-9_]*", name):
        return name or ""
    return '"' + name.replace('"', '""') + '"'


def test_without_a_line_there_is_no_row_but_every_column() -> None:
    assert parse([], TYPES).schema == TYPES


def test_every_part_is_told_its_session() -> None:
    sessions = parse(
        [f"s{number},alice,,2026-11-20 10:00:00+00,,,,,,,,,,," for number in range(4)], LINES["sessions"]
    )
    tools = parse(["1,Read,1,,\n3,Bash,2,,", "1,Edit,3,,"], LINES["tools"])

    rows = with_owner(sessions.select(OWN), tools)

    assert rows["session_id"].to_pylist() == ["s1", "s3", "s1"]
    assert rows["tool_name"].to_pylist() == ["Read", "Bash", "Edit"]
