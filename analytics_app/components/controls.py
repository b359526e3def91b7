"""The small controls that pages share: segments, pager, confirmation, CSV link and copy button."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language


def segments(label: str, items: Sequence[Any], kind: str = "") -> html.Div:
    """Alternatives side by side, of which one is active; screen readers announce them by `label`."""
    name = f"segments {kind}".strip()
    return html.Div(items, className=name, role="group", **attributes(aria_label=label))


def segment(name: str, href: str, *, active: bool, title: str | None = None) -> dcc.Link:
    """One of the segments, as a plain link."""
    return dcc.Link(name, href=href, className=segment_kind(active), title=title)


def segment_kind(active: bool) -> str:
    """The CSS class of a segment that is no link."""
    return "segment active" if active else "segment"


def radio_segments(identifier: str, options: Mapping[str, str]) -> dbc.RadioItems:
    """Segments that choose a value on the page: value → name, the first one chosen."""
    return dbc.RadioItems(
        id=identifier,
        options=[{"value": value, "label": name} for value, name in options.items()],
        value=next(iter(options)),
        class_name="segments choices",
        input_class_name="visually-hidden",
        label_class_name="segment",
        label_checked_class_name="active",
        inline=True,
    )


def pager(steps: Sequence[Any], lang: Language, label: str = "") -> html.Nav:
    """The steps through a long list, each of them from `pager_step` or a text between two."""
    return html.Nav(
        steps, className="pager", **attributes(aria_label=label or lang.text("Pages of the list"))
    )


def pager_step(name: str, href: str | None) -> dcc.Link | html.Span:
    """One step of a pager; without an address its name alone, so that nothing moves."""
    if href is None:
        return html.Span(name, className="button small off", **attributes(aria_hidden="true"))
    return dcc.Link(name, href=href, className="button small")


def numbered_pager(
    page: int, pages: int, address: Callable[[int], str], lang: Language, label: str = ""
) -> html.Nav | None:
    """The pager of a list whose pages are counted from 1; None where one page holds it all."""
    if pages == 1:
        return None
    where = lang.text("Page {page} of {pages}", page=lang.number(page), pages=lang.number(pages))
    back, following = (address(one) if 1 <= one <= pages else None for one in (page - 1, page + 1))
    steps = pager_step(lang.text("Back"), back), pager_step(lang.text("Next"), following)
    return pager([steps[0], html.Span(where, className="dim"), steps[1]], lang, label)


def confirm(title: str, consequence: str, button: Any, label: str | None = None) -> html.Details:
    """Two clicks for what can't be undone: the first one opens what it leads to and the button or form."""
    named = attributes(aria_label=label) if label else {}
    return html.Details(
        [
            html.Summary(title, className="quiet", **named),
            html.Div([html.P(consequence), button], className="popover-box"),
        ],
        className="dropdown-box asks-first",
    )


def csv_link(name: str, lang: Language, text: str = "") -> html.A:
    """A link to the CSV file of that table; the browser adds the filters of the page to its address."""
    hint = lang.text("Download these numbers as CSV")
    return html.A(
        text or "CSV",
        href=f"/csv/{name}.csv",
        className="quiet",
        download=f"{name}.csv",
        title=None if text else hint,
    )


def copy_button(target: str, lang: Language) -> html.Button:
    """Copies the text of the element with the id `target`, and says that it did."""
    data = attributes(data_copy=target, data_done=lang.text("Copied"))
    return html.Button(lang.text("Copy"), className="button small", type="button", **data)
