"""From CSV lines to Parquet rows: values survive, and every part is joined to its session."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq

from db.usage.exports import Lines, Pieces
from tasks.exports import parquet_writer
from tasks.exports.export_schemas import LINES, OWN
from tasks.exports.parquet_writer import parse, with_owner, write_datasets
from tasks.exports.prefetch import Prefetcher

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
def test_any_values_survive_parsing(rows: list[tuple[str | None, int | None]]) -> None:
    lines = [f"{quoted(name)},{'' if count is None else count}" for name, count in rows]

    assert [tuple(row.values()) for row in parse(lines, TYPES).to_pylist()] == rows


def quoted(name: str | None) -> str:
    """As PostgreSQL's quote_ident."""
    if name is None or re.fullmatch("[a-z_][a-z0-9_]*", name):
        return name or ""
    return '"' + name.replace('"', '""') + '"'


def test_no_lines_make_an_empty_table_with_every_column() -> None:
    assert parse([], TYPES).schema == TYPES


def session(name: str) -> str:
    """The line of a session that says little."""
    return f"{name},alice,,2026-11-20 10:00:00+00" + "," * (len(LINES["sessions"]) - len(OWN))


def test_every_part_gets_the_columns_of_its_session() -> None:
    sessions = parse([session(f"s{number}") for number in range(4)], LINES["sessions"])
    tools = parse(["1,Read,1,,\n3,Bash,2,,", "1,Edit,3,,"], LINES["tools"])

    rows = with_owner(sessions.select(OWN), tools)

    assert rows["session_id"].to_pylist() == ["s1", "s3", "s1"]
    assert rows["tool_name"].to_pylist() == ["Read", "Bash", "Edit"]


def test_parts_that_arrive_late_get_their_own_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_writer, "MAX_WAITING_CHUNKS", 2)
    third, fourth = threading.Event(), threading.Event()
    too_far: list[bool] = []

    def sessions() -> Iterator[Lines]:
        for number in range(5):
            {2: third, 3: fourth}.get(number, threading.Event()).set()
            yield [session(f"s{number}")]

    def tools() -> Iterator[Pieces]:
        third.wait(60)
        too_far.append(fourth.wait(0.1))
        for number in range(5):
            yield [f"0,t{number},1,,"]

    with Prefetcher(tools(), 3, 60) as coming:
        write_datasets(tmp_path, sessions(), {"tools": coming}, [])
    rows = pq.read_table(tmp_path / "tools").to_pylist()
    assert [row["session_id"] + row["tool_name"] for row in rows] == [f"s{n}t{n}" for n in range(5)]
    assert too_far == [False], "a third chunk of sessions waits for its tools"


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_parts_that_do_not_match_the_sessions_are_refused(tmp_path: Path, chunks: int) -> None:
    sessions = iter([[session("s1")], [session("s2")]])
    pieces: list[Pieces] = [["0,Read,1,,"]] * chunks
    with Prefetcher(iter(pieces), 1, 60) as tools, pytest.raises((ValueError, StopIteration)):
        write_datasets(tmp_path, sessions, {"tools": tools}, [])
