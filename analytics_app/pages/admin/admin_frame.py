"""The head and tabs that all parts of the Administration page share, and what the address requests of a part."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import dcc, html

from analytics_app.components.attributes import attributes
from analytics_app.context.current_user import require_admin
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language

MAX_VALUE_LENGTH = 200
#: Every number with so many digits fits into PostgreSQL's bigint.
MAX_DIGITS = 18
#: The addresses of the parts.
PEOPLE, INBOX, SCHEDULE, EXPORTS, AUDIT = (
    "/admin",
    "/admin/inbox",
    "/admin/schedule",
    "/admin/exports",
    "/admin/audit",
)


def page(path: str, intro: str, content: list[Any], view: View) -> html.Div:
    """The part at that path below the common head; raises 403 for a member."""
    require_admin()
    lang = view.language
    names = {
        PEOPLE: lang.text("People & keys"),
        INBOX: lang.text("Inbox"),
        SCHEDULE: lang.text("Schedule"),
        EXPORTS: lang.text("Exports"),
        AUDIT: lang.text("Audit log"),
    }
    tabs = [
        html.Span(name, className="tab active", **attributes(aria_current="page"))
        if target == path
        else dcc.Link(name, href=target, className="tab")
        for target, name in names.items()
    ]
    title = html.Div([html.H1(lang.text("Administration")), html.P(intro, className="subtitle")])
    return html.Div(
        [
            html.Header(title, className="page-head"),
            html.Nav(
                tabs, className="tabs", **attributes(aria_label=lang.text("Parts of the administration"))
            ),
            *content,
        ],
        className="page admin",
    )


def requested(search: object, name: str) -> str:
    """The value of that name in the query of an address, cut to a usable length; "" without one."""
    query = parse_qs(search.removeprefix("?")) if isinstance(search, str) else {}
    value = query.get(name, [""])[0].encode("utf-8", "replace").decode().replace("\0", "")
    return value[:MAX_VALUE_LENGTH]


def requested_number(search: object, name: str) -> int | None:
    """The number of that name in the query of an address; None without a valid one."""
    value = requested(search, name)
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS else None


def address(path: str, **fields: object) -> str:
    """The path with the fields as its query; None, 0 and "" are left out."""
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"{path}?{query}" if query else path


def team_moment(moment: datetime | None, view: View) -> str:
    """A day with its time in the team's zone; "never" for None."""
    if moment is None:
        return view.language.text("never")
    return view.language.moment(moment.astimezone(view.service.now().tzinfo))


def time_span(seconds: float, lang: Language) -> str:
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
