"""The admin page, audit log: who did what to whom, and who looked at whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html

from analytics_app.auth.guard import require_admin
from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.filters import EVERYTHING
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame
from analytics_app.pages.admin.admin_frame import address, asked, asked_number, pager, records, section, step
from analytics_app.pages.me.me_history import about, action_name, action_names
from analytics_app.view import View, current_view
from db import audit
from db.accounts import users

ENTRY = Entry(admin_frame.AUDIT, "Audit log", "people", "admin", listed=False)
PAGE_ROWS = 40


@dataclass(frozen=True)
class Asked:
    """Which part of the log the address asks for."""

    person: int | None = None
    action: str | None = None
    #: Entries older than this one.
    before: int | None = None

    def at(self, before: int | None) -> str:
        """The same with another place in it."""
        return address(ENTRY.path, person=self.person, action=self.action, before=before)


def asked_of(search: object) -> Asked:
    """Read the query of an address; whatever it says wrongly counts as not said."""
    return Asked(
        asked_number(search, "person"), asked(search, "action") or None, asked_number(search, "before")
    )


def layout(view: View) -> html.Div:
    """The page before the log has come."""
    require_admin()
    content = [
        html.Div(id="audit-bar", className="audit-bar"),
        html.Div(html.Div(className="skeleton fill tall"), id="audit-log"),
    ]
    intro = view.language.text(
        "Who changed what, and who looked at whom. Each person reads their own part under Me."
    )
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """One callback reads a page of the log; the choices write the address in the browser."""

    @app.callback(Output("audit-bar", "children"), Output("audit-log", "children"), Input("url", "search"))
    def show_log(search: object) -> tuple[list[html.Label], html.Section]:
        require_admin()
        view, wanted = current_view(service), asked_of(search)
        found = audit.list_audit_entries(
            service.database,
            limit=PAGE_ROWS + 1,
            before=wanted.before,
            person=wanted.person,
            action=wanted.action,
        )
        return _bar(wanted, view), _shown(found, wanted, view)

    in_browser(
        app,
        "chooseEntries",
        Output("url", "search", allow_duplicate=True),
        Input("audit-person", "value"),
        Input("audit-action", "value"),
    )


def _bar(wanted: Asked, view: View) -> list[html.Label]:
    """What the log can be narrowed to."""
    lang = view.language
    people = {str(one.user_id): one.username for one in users.list_accounts(view.service.database)}
    actions = action_names(lang)
    if wanted.action:
        actions.setdefault(wanted.action, wanted.action)
    return [
        _choice("audit-person", lang.text("Person"), people, str(wanted.person or EVERYTHING), lang),
        _choice("audit-action", lang.text("What"), actions, wanted.action or EVERYTHING, lang),
    ]


def _choice(identifier: str, title: str, names: dict[str, str], chosen: str, lang: Language) -> html.Label:
    options = [{"label": lang.text("All"), "value": EVERYTHING}]
    by_name = sorted(names.items(), key=lambda pair: pair[1].casefold())
    options += [{"label": name, "value": value} for value, name in by_name]
    select = dbc.Select(id=identifier, options=options, value=chosen, size="sm")
    return html.Label([html.Span(title), select], className="control choice")


def _shown(found: Sequence[audit.AuditEntry], wanted: Asked, view: View) -> html.Section:
    lang = view.language
    title = lang.text("Audit log")
    if not found:
        return section(title, "", [_nothing(wanted, lang)])
    columns = [lang.text("When"), lang.text("What"), lang.text("By whom"), lang.text("To whom")]
    rows = [_row(entry, columns, view) for entry in found[:PAGE_ROWS]]
    older = wanted.at(found[PAGE_ROWS - 1].entry_id) if len(found) > PAGE_ROWS else None
    newest = wanted.at(None) if wanted.before else None
    ways = pager([step(lang.text("Newest"), newest), step(lang.text("Older"), older)], lang)
    return section(
        title,
        lang.text("newest first"),
        [records(title, columns, rows, "history audit"), ways if newest or older else None],
    )


def _nothing(wanted: Asked, lang: Language) -> html.Div:
    if wanted == Asked():
        return panels.empty(
            lang.text("Nothing is written down yet"),
            lang.text("Adding a person or making a key is the first entry."),
        )
    return panels.empty(
        lang.text("No entry like this"), dcc.Link(lang.text("Show the whole log"), href=ENTRY.path)
    )


def _row(entry: audit.AuditEntry, columns: Sequence[str], view: View) -> html.Tr:
    lang = view.language
    actor = entry.actor or str(entry.detail.get("by") or lang.text("the server"))
    subject = entry.subject or "–"
    return html.Tr(
        [
            html.Td(view.moment(entry.happened_at), className="moment"),
            html.Td([action_name(entry.action, lang), *about(entry.detail, lang)], className="name"),
            html.Td(actor, **attributes(data_title=columns[2])),
            html.Td(subject, **attributes(data_title=columns[3])),
        ]
    )
