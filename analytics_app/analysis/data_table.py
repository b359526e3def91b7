"""The numbers behind a chart or a list as raw values: components/tables.py shows them, and CSV files carry them."""

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import TypeVar

Item = TypeVar("Item")
Cell = str | int | float | Decimal | date | datetime | None
#: Where a spreadsheet sees a formula: at the start of a cell, and after a semicolon, a tab or a line break in it.
FORMULA = re.compile(r"^(?=[\t\r])|(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@＝＋－＠])")


class Quantity(float):
    """A number with a fraction that is no share: hours, or an average."""


@dataclass(frozen=True)
class DataTable:
    """Column titles and rows of raw values; a float is a share of one, None was not reported."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, items: Iterable[Item], *columns: tuple[str, Callable[[Item], Cell]]) -> "DataTable":
        """A row for each item; a column is its title and what it says of an item."""
        titles = tuple(title for title, _ in columns)
        return cls(titles, tuple(tuple(cell(item) for _, cell in columns) for item in items))

    @classmethod
    def newest_first(cls, *columns: tuple[str, Iterable[Cell]]) -> "DataTable":
        """A row for each step of time, the latest first; a column is its title and its values in order of time."""
        rows = zip(*(values for _, values in columns), strict=True)
        return cls(tuple(title for title, _ in columns), tuple(rows)[::-1])

    def csv(self) -> str:
        """Return the table as RFC 4180: exact values in no language, and names that no spreadsheet executes."""
        target = StringIO()
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerows([_csv_cell(cell) for cell in row] for row in (self.columns, *self.rows))
        return target.getvalue()


def _csv_cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return FORMULA.sub("'", cell)
        case Quantity():
            return f"{cell:.2f}"
        case float():
            return f"{cell:.4f}"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
