"""The numbers behind a chart as a plain table: shown on the page, and downloaded as CSV."""

import csv
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

from dash import html

from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language

Cell = str | int | float | Decimal | date | datetime | None
#: Where a spreadsheet sees a formula: at the beginning of a cell, and where it parts cells by semicolons or lines.
FORMULA = re.compile(r"^(?=[\t\r])|(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@＝＋－＠])")


class Quantity(float):
    """A number with a fraction that is no share: hours, or an average."""


@dataclass(frozen=True)
class Table:
    """Column titles and rows of raw values; a float is a share of one, None was not reported."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_text(table: Table) -> str:
    """RFC 4180, values exact and in no language, names harmless in a spreadsheet."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_csv_cell(column) for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return target.getvalue()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return FORMULA.sub("'", cell)
    if isinstance(cell, Quantity):
        return f"{cell:.2f}"
    if isinstance(cell, float):
        return f"{cell:.4f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def shown(table: Table, heading: str, language: Language) -> html.Table:
    """The table as people read it, named by the heading with that id for those who listen to it."""
    head = [
        html.Th(title, scope="col", className=_alignment(table, index))
        for index, title in enumerate(table.columns)
    ]
    body = [
        html.Tr([html.Td(spoken(cell, language), className=_cell_class(cell)) for cell in row])
        for row in table.rows
    ]
    return html.Table(
        [html.Thead(html.Tr(head)), html.Tbody(body)],
        className="plain-table",
        **attributes(aria_labelledby=heading),
    )


def scrolling(table: html.Table, title: str) -> html.Div:
    """A table that may be wider than a phone; a keyboard scrolls it, too."""
    return html.Div(table, className="scroll-x", tabIndex=0, role="region", **attributes(aria_label=title))


def spoken(cell: Cell, language: Language) -> str:
    """One value in the reader's language."""
    match cell:
        case None:
            return language.text("not reported")
        case str():
            return cell
        case Quantity():
            return language.decimal(cell)
        case float():
            return language.percent(cell)
        case Decimal():
            return language.money(cell)
        case datetime():
            return language.moment(cell)
        case date():
            return language.full_day(cell)
        case _:
            return language.number(cell)


def _cell_class(cell: Cell) -> str:
    return "" if isinstance(cell, str | date) else "number"


def _alignment(table: Table, index: int) -> str:
    return _cell_class(table.rows[0][index]) if table.rows else ""
