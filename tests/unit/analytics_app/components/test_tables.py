"""The numbers behind a chart: exact in the file, readable on the page, harmless in a spreadsheet."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from analytics_app.components.tables import Cell, Table, csv_text, shown, spoken
from analytics_app.i18n.languages import Language


@pytest.mark.parametrize(
    "beginning", ["=", "+", "-", "@", "\t", "\r", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_a_name_that_looks_like_a_formula_is_disarmed(beginning: str) -> None:
    table = Table(("Project",), ((f"{beginning}cmd|' /C calc'!A0",),))
    rows = list(csv.reader(StringIO(csv_text(table), newline="")))
    assert rows[1][0].startswith(f"'{beginning}")


@pytest.mark.parametrize("inside", ["shop;=1+1", "shop; +1", "shop\n=1+1", "shop;\uff1d1+1"])
def test_a_formula_does_not_begin_where_semicolons_or_lines_part_cells(inside: str) -> None:
    text = csv_text(Table(("Person", "Project"), (("alice", inside),)))
    cells = [cell.strip() for line in text.splitlines() for cell in line.split(";")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "\uff1d"))] == []


@pytest.mark.parametrize("name", ["shop-api", "a;b", "fix+tests", "you@home", "1 - 1", "C=C"])
def test_a_name_that_is_no_formula_stays_as_it_is(name: str) -> None:
    assert csv_text(Table(("Project",), ((name,),))).splitlines()[1] == name


def test_a_negative_number_stays_a_number() -> None:
    assert csv_text(Table(("Change",), ((-3,),))).splitlines()[1] == "-3"


def test_the_file_holds_exact_values_in_no_language() -> None:
    row: tuple[Cell, ...] = (date(2026, 11, 22), 1_234_567, 0.98765, Decimal("4.50"), None, "a,b")
    text = csv_text(Table(("a", "b", "c", "d", "e", "f"), (row,)))
    assert text.splitlines()[1] == '2026-11-22,1234567,0.9877,4.50,,"a,b"'


@pytest.mark.parametrize(
    ("cell", "lang"),
    [(1_234_567, "1.234.567"), (0.88, "88 %"), (None, "nicht gemeldet"), ("<b>x</b>", "<b>x</b>")],
)
def test_the_page_says_values_in_the_readers_language(cell: Cell, lang: str, german: Language) -> None:
    assert spoken(cell, german).replace("\xa0", " ") == lang


def test_the_table_has_a_name_and_column_heads_for_those_who_listen(english: Language) -> None:
    table = shown(Table(("Tool", "Calls"), (("Read", 3),)), "tools-title", english)
    head, _body = table.children
    assert table.to_plotly_json()["props"]["aria-labelledby"] == "tools-title"
    assert [title.scope for title in head.children.children] == ["col", "col"]
