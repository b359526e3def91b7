"""The numbers behind a chart: exact in the file, readable on the page, harmless in a spreadsheet."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from analytics_app.analysis.data_table import Cell, DataTable
from analytics_app.components.tables import Column, Exact, Field, Row, data_table, item_list, records, spoken
from analytics_app.i18n.languages import Language


@pytest.mark.parametrize(
    "beginning", ["=", "+", "-", "@", "\t", "\r", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_a_name_that_looks_like_a_formula_is_disarmed(beginning: str) -> None:
    table = DataTable(("Project",), ((f"{beginning}cmd|' /C calc'!A0",),))
    rows = list(csv.reader(StringIO(table.csv(), newline="")))
    assert rows[1][0].startswith(f"'{beginning}")


@pytest.mark.parametrize("inside", ["shop;=1+1", "shop; +1", "shop\n=1+1", "shop;\uff1d1+1"])
def test_a_formula_does_not_begin_where_semicolons_or_lines_part_cells(inside: str) -> None:
    text = DataTable(("Person", "Project"), (("alice", inside),)).csv()
    cells = [cell.strip() for line in text.splitlines() for cell in line.split(";")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "\uff1d"))] == []


@pytest.mark.parametrize("name", ["shop-api", "a;b", "fix+tests", "you@home", "1 - 1", "C=C"])
def test_a_name_that_is_no_formula_stays_as_it_is(name: str) -> None:
    assert DataTable(("Project",), ((name,),)).csv().splitlines()[1] == name


def test_a_negative_number_stays_a_number() -> None:
    assert DataTable(("Change",), ((-3,),)).csv().splitlines()[1] == "-3"


def test_the_file_holds_exact_values_in_no_language() -> None:
    row: tuple[Cell, ...] = (date(2026, 11, 22), 1_234_567, 0.98765, Decimal("4.50"), None, "a,b")
    text = DataTable(("a", "b", "c", "d", "e", "f"), (row,)).csv()
    assert text.splitlines()[1] == '2026-11-22,1234567,0.9877,4.50,,"a,b"'


@pytest.mark.parametrize(
    ("cell", "lang"),
    [(1_234_567, "1.234.567"), (0.88, "88 %"), (None, "nicht gemeldet"), ("<b>x</b>", "<b>x</b>")],
)
def test_the_page_says_values_in_the_readers_language(cell: Cell, lang: str, german: Language) -> None:
    assert spoken(cell, german).replace("\xa0", " ") == lang


def test_the_table_has_a_name_and_column_heads_for_those_who_listen(english: Language) -> None:
    table = data_table(DataTable(("Tool", "Calls"), (("Read", 3),)), "tools-title", english)
    head, _body = table.children
    assert table.to_plotly_json()["props"]["aria-labelledby"] == "tools-title"
    assert [title.scope for title in head.children.children] == ["col", "col"]


def test_a_list_reads_out_the_titles_that_it_hides() -> None:
    shown = item_list(
        "Tools",
        [3_012],
        Field("Tool", lambda _count: "Read", "name"),
        Field("", lambda _count: "bar", ""),
        Field("Calls", lambda count: Exact("3K", f"{count:,}")),
        marked=lambda count: count > 3_000,
        hide_titles=True,
    )
    caption, head, body = shown.children
    assert (caption.children, head.className) == ("Tools", "unseen")
    assert [type(cell).__name__ for cell in head.children.children] == ["Th", "Td", "Th"]
    row = body.children[0]
    assert (row.className, [cell.className for cell in row.children]) == ("mine", ["name", "", "number"])
    assert (row.children[2].children, row.children[2].title) == ("3K", "3,012")


def test_records_say_their_titles_on_a_phone_and_their_order() -> None:
    columns = [Column("Started", sort="descending"), Column("Tokens", "number", titled_on_phone=True)]
    box = records("Sessions", columns, [Row(["today", "7"])], "sessions")
    head, body = box.children.children[1:]
    assert head.children.children[0].to_plotly_json()["props"]["aria-sort"] == "descending"
    assert body.children[0].children[1].to_plotly_json()["props"]["data-title"] == "Tokens"
    assert box.children.className == "records sessions"


def test_a_row_has_a_cell_for_every_column() -> None:
    with pytest.raises(ValueError, match="shorter"):
        records("Tools", [Column("Tool"), Column("Calls")], [Row(["Read"])])


def test_the_columns_of_a_file_say_what_they_take_from_an_item() -> None:
    table = DataTable.of([3, 4], ("Calls", lambda count: count), ("Double", lambda count: 2 * count))
    assert (table.columns, table.rows) == (("Calls", "Double"), ((3, 6), (4, 8)))
