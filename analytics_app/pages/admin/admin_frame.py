"""What the parts of the admin page share: the head with the ways to the others, and what an address asks of them."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import dcc, html

from analytics_app.components import tables
from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.view import View

MAX_WORD_LENGTH = 200
#: No number of ours has more digits.
MAX_NUMBER_LENGTH = 18
#: Where each part is; below the first one lie the others.
PEOPLE, INBOX, SCHEDULE, EXPORTS, AUDIT = (
    "/admin",
    "/admin/inbox",
    "/admin/schedule",
    "/admin/exports",
    "/admin/audit",
)


def page(here: str, intro: str, content: list[Any], view: View) -> html.Div:
    """One part under the common head."""
    lang = view.language
    title = html.Div([html.H1(lang.text("Administration")), html.P(intro, className="subtitle")])
    return html.Div(
        [html.Header(title, className="page-head"), _tabs(here, lang), *content], className="page admin"
    )


def _tabs(here: str, lang: Language) -> html.Nav:
    names = {
        PEOPLE: lang.text("People & keys"),
        INBOX: lang.text("Inbox"),
        SCHEDULE: lang.text("Schedule"),
        EXPORTS: lang.text("Exports"),
        AUDIT: lang.text("Audit log"),
    }
    links = [_tab(name, path, path == here) for path, name in names.items()]
    return html.Nav(
        links, className="tabs", **attributes(aria_label=lang.text("Parts of the administration"))
    )


def _tab(name: str, path: str, is_here: bool) -> dcc.Link | html.Span:
    if is_here:
        return html.Span(name, className="tab active", **attributes(aria_current="page"))
    return dcc.Link(name, href=path, className="tab")


def asked(search: object, name: str) -> str:
    """What the address says under this name; nothing where it says nothing that can be meant."""
    query = parse_qs(search.removeprefix("?")) if isinstance(search, str) else {}
    value = query.get(name, [""])[0].encode("utf-8", "replace").decode().replace("\0", "")
    return value[:MAX_WORD_LENGTH]


def asked_number(search: object, name: str) -> int | None:
    """The number under this name, if it is one."""
    value = asked(search, name)
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= MAX_NUMBER_LENGTH else None


def address(path: str, **fields: object) -> str:
    """The part at that path with what is asked of it; what is None or nothing is left out."""
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"{path}?{query}" if query else path


def step(name: str, target: str | None) -> dcc.Link | html.Span:
    """One way of a pager; where there is none, so that nothing moves, its name."""
    if target is None:
        return html.Span(name, className="button small off", **attributes(aria_hidden="true"))
    return dcc.Link(name, href=target, className="button small")


def pager(steps: list[Any], lang: Language) -> html.Nav:
    """The ways through a list."""
    return html.Nav(steps, className="pager", **attributes(aria_label=lang.text("Pages of the list")))


def section(title: str, note: str, body: list[Any]) -> html.Section:
    """A panel with its title and what is said beside it."""
    head = html.Header([html.H2(title), html.Span(note, className="note")], className="panel-head")
    return html.Section([head, *body], className="panel", **attributes(aria_label=title))


def records(title: str, columns: list[str], rows: list[html.Tr], kind: str = "") -> html.Div:
    """A table of single things; on a phone each row is a card."""
    head = html.Thead(html.Tr([html.Th(column, scope="col") for column in columns]))
    table = html.Table(
        [html.Caption(title, className="visually-hidden"), head, html.Tbody(rows)],
        className=f"records {kind}".strip(),
    )
    return tables.scrolling(table, title)


def how_long(seconds: float, lang: Language) -> str:
    """A time span in the unit that keeps it short."""
    if seconds < 1:
        return lang.text("{count} ms", count=lang.number(round(seconds * 1000)))
    if seconds < 60:
        return lang.text(
            "{count} s", count=lang.decimal(seconds) if seconds < 10 else lang.number(round(seconds))
        )
    if seconds < 3600:
        return lang.text("{minutes} min", minutes=lang.number(round(seconds / 60)))
    return lang.hours(round(seconds))
