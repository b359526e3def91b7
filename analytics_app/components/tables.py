"""Every table of the dashboard: numbers of a chart, lists with bars, and records that become cards on a phone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal

from dash import html

from analytics_app.analysis.data_table import Cell, DataTable, Item, Quantity
from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language


@dataclass(frozen=True)
class Column:
    """One column: its title (a text or a component; "" = none) and the CSS classes of its cells and its head."""

    title: Any = ""
    kind: str = ""
    head_kind: str = ""
    #: A phone shows each record as a card, and the title in front of this column's value.
    titled_on_phone: bool = False
    sort: Literal["ascending", "descending", "none"] | None = None


@dataclass(frozen=True)
class Exact:
    """A cell that shows a short form, and the exact value on hover."""

    shown: Any
    exact: str | None


@dataclass(frozen=True)
class Row:
    """The cells of one row, one for each column, and the CSS class of the row."""

    cells: Sequence[Any]
    kind: str = ""


def table(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    kind: str,
    caption: str = "",
    labelled_by: str | None = None,
    hide_titles: bool = False,
) -> html.Table:
    """A table named by its caption, or by the heading with the id `labelled_by`."""
    body = [
        html.Tr(
            [_cell(column, cell) for column, cell in zip(columns, row.cells, strict=True)], className=row.kind
        )
        for row in rows
    ]
    titles = [
        html.Th(column.title, scope="col", className=column.head_kind, **attributes(aria_sort=column.sort))
        if column.title
        else html.Td()
        for column in columns
    ]
    head = html.Thead(html.Tr(titles), className="unseen" if hide_titles else "")
    name = [html.Caption(caption, className="visually-hidden")] if caption else []
    content = [*name, head, html.Tbody(body)]
    return html.Table(content, className=kind, **attributes(aria_labelledby=labelled_by))


def _cell(column: Column, cell: Any) -> html.Td:
    """A cell that is a html.Td already, with classes of its own, stays as it is."""
    if isinstance(cell, html.Td):
        return cell
    shown, exact = (cell.shown, cell.exact) if isinstance(cell, Exact) else (cell, None)
    on_phone = column.title if column.titled_on_phone else None
    return html.Td(shown, className=column.kind, title=exact or None, **attributes(data_title=on_phone))


@dataclass(frozen=True)
class Field(Generic[Item]):
    """A column of a list: its title, what it shows of an item, and the CSS class of its cells."""

    title: str
    cell: Callable[[Item], Any]
    kind: str = "number"


def item_list(
    caption: str,
    items: Iterable[Item],
    *fields: Field[Item],
    marked: Callable[[Item], bool] = lambda _: False,
    hide_titles: bool = False,
) -> html.Table:
    """A short list with a row for each item, marked ones in colour; hidden titles are still read out."""
    columns = [Column(field.title, field.kind) for field in fields]
    rows = [Row([field.cell(item) for field in fields], "mine" if marked(item) else "") for item in items]
    return table(columns, rows, kind="listing", caption=caption, hide_titles=hide_titles)


def records(caption: str, columns: Sequence[Column], rows: Iterable[Row], kind: str = "") -> html.Div:
    """A table of single things; on a phone each row is a card."""
    return scrolling(table(columns, rows, kind=f"records {kind}".strip(), caption=caption), caption)


def scrolling(shown: html.Table, title: str) -> html.Div:
    """A table that may be wider than a phone; a keyboard scrolls it, too."""
    return html.Div(shown, className="scroll-x", tabIndex=0, role="region", **attributes(aria_label=title))


def data_table(data: DataTable, heading: str, lang: Language) -> html.Table:
    """The numbers of a chart in the reader's language, named by the heading with that id."""
    first = data.rows[0] if data.rows else ()
    columns = [
        Column(title, head_kind=_alignment(first[place]) if first else "")
        for place, title in enumerate(data.columns)
    ]
    rows = [
        Row([html.Td(spoken(cell, lang), className=_alignment(cell)) for cell in row]) for row in data.rows
    ]
    return table(columns, rows, kind="plain-table", labelled_by=heading)


def _alignment(cell: Cell) -> str:
    return "" if isinstance(cell, str | date) else "number"


def spoken(cell: Cell, lang: Language) -> str:
    """One value in the reader's language."""
    match cell:
        case None:
            return lang.text("not reported")
        case str():
            return cell
        case Quantity():
            return lang.decimal(cell)
        case float():
            return lang.percent(cell)
        case Decimal():
            return lang.money(cell)
        case datetime():
            return lang.moment(cell)
        case date():
            return lang.full_day(cell)
        case _:
            return lang.number(cell)


def bar(share: float) -> html.Div:
    """A bar for a share of the longest one; hidden from screen readers, which read the number beside it."""
    width = f"{max(share, 0.01) * 100:.1f}%"
    return html.Div(html.Div(style={"width": width}), className="bar", **attributes(aria_hidden="true"))
