"""The audit log of the Administration page: who did what to whom, and who looked at whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html

from analytics_app.components import panels
from analytics_app.components.accounts.audit_events import action_names, event_text
from analytics_app.components.browser import in_browser
from analytics_app.components.controls import pager, pager_step
from analytics_app.components.sections import placeholder, section
from analytics_app.components.shell import Entry
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.current_user import require_admin
from analytics_app.context.selection import EVERYTHING
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame
from analytics_app.pages.admin.admin_frame import address, requested, requested_number
from db import audit
from db.accounts import users

ENTRY = Entry(admin_frame.AUDIT, "Audit log", "people", "admin", listed=False)
PAGE_ROWS = 40


@dataclass(frozen=True)
class LogRequest:
    """The part of the log that the address requests."""

    person: int | None = None
    action: str | None = None
    #: Entries older than this one.
    before: int | None = None

    @classmethod
    def of(cls, search: object) -> "LogRequest":
        """Read the query of an address, without its invalid values."""
        return cls(
            requested_number(search, "person"),
            requested(search, "action") or None,
            requested_number(search, "before"),
        )

    def at(self, before: int | None) -> str:
        """The address of the same log, further down."""
        return address(ENTRY.path, person=self.person, action=self.action, before=before)


def layout(view: View) -> html.Div:
    """The page before the log has come."""
    intro = view.language.text(
        "Who changed what, and who looked at whom. Each person reads their own part under Me."
    )
    content = [html.Div(id="audit-bar", className="audit-bar"), placeholder("audit-log")]
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """One callback reads a page of the log; the choices write the address in the browser."""

    @app.callback(Output("audit-bar", "children"), Output("audit-log", "children"), Input("url", "search"))
    def show_log(search: object) -> tuple[list[html.Label], html.Section]:
        require_admin()
        view, request = current_view(service), LogRequest.of(search)
        found = audit.list_audit_entries(
            service.database,
            limit=PAGE_ROWS + 1,
            before=request.before,
            person=request.person,
            action=request.action,
        )
        return _choices(request, view), _log(found, request, view)

    in_browser(
        app,
        "chooseEntries",
        Output("url", "search", allow_duplicate=True),
        Input("audit-person", "value"),
        Input("audit-action", "value"),
    )


def _choices(request: LogRequest, view: View) -> list[html.Label]:
    """The selects of a person and an action."""
    lang = view.language
    people = {str(one.user_id): one.username for one in users.list_accounts(view.service.database)}
    actions = action_names(lang)
    if request.action:
        actions.setdefault(request.action, request.action)
    return [
        _choice("audit-person", lang.text("Person"), people, str(request.person or EVERYTHING), lang),
        _choice("audit-action", lang.text("What"), actions, request.action or EVERYTHING, lang),
    ]


def _choice(identifier: str, title: str, names: dict[str, str], chosen: str, lang: Language) -> html.Label:
    options = [{"label": lang.text("All"), "value": EVERYTHING}]
    by_name = sorted(names.items(), key=lambda pair: pair[1].casefold())
    options += [{"label": name, "value": value} for value, name in by_name]
    select = dbc.Select(id=identifier, options=options, value=chosen, size="sm")
    return html.Label([html.Span(title), select], className="control choice")


def _log(found: Sequence[audit.AuditEntry], request: LogRequest, view: View) -> html.Section:
    """A page of the log, newest first; `found` holds one entry more where there is a next page."""
    lang = view.language
    title = lang.text("Audit log")
    if not found:
        return section(title, "", [_nothing(request, lang)])
    columns = [
        Column(lang.text("When"), "moment"),
        Column(lang.text("What"), "name"),
        Column(lang.text("By whom"), titled_on_phone=True),
        Column(lang.text("To whom"), titled_on_phone=True),
    ]
    rows = [
        Row(
            [
                view.moment(entry.happened_at),
                event_text(entry.action, entry.detail, lang),
                entry.actor or str(entry.detail.get("by") or lang.text("the server")),
                entry.subject or "–",
            ]
        )
        for entry in found[:PAGE_ROWS]
    ]
    older = request.at(found[PAGE_ROWS - 1].entry_id) if len(found) > PAGE_ROWS else None
    newest = request.at(None) if request.before else None
    steps = [pager_step(lang.text("Newest"), newest), pager_step(lang.text("Older"), older)]
    return section(
        title,
        lang.text("newest first"),
        [
            records(title, columns, rows, "history audit"),
            pager(steps, lang) if newest or older else None,
        ],
    )


def _nothing(request: LogRequest, lang: Language) -> html.Div:
    if request == LogRequest():
        return panels.empty(
            lang.text("Nothing is written down yet"),
            lang.text("Adding a person or making a key is the first entry."),
        )
    return panels.empty(
        lang.text("No entry like this"), dcc.Link(lang.text("Show the whole log"), href=ENTRY.path)
    )
