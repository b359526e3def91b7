"""The inbox of the Administration page: are uploads stored as they come, and what becomes of those in quarantine?"""

from typing import Any
from uuid import UUID

from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from analytics_app.components.attributes import attributes
from analytics_app.components.shell import Entry
from analytics_app.context import form_actions
from analytics_app.context.current_user import require_admin
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame, inbox_health, quarantine_panels
from db import audit
from db.uploads import inbox_stats, quarantine
from db.uploads.quarantine import QuarantineAdmin, QuarantineDetail

ENTRY = Entry(admin_frame.INBOX, "Inbox", "people", "admin", listed=False)
REFRESH_EVERY_MS = 5_000


def layout(view: View) -> html.Div:
    """The page before anything has come."""
    lists = [
        html.Section(html.Div(className="skeleton fill tall"), id="quarantine-list", className="panel"),
        html.Div(id="quarantine-entry", className="stack"),
    ]
    content = [
        html.Div(inbox_health.skeleton(), id="inbox-health"),
        html.Div(id="inbox-outcome", **attributes(aria_live="polite")),
        html.Div(lists, className="admin-columns"),
        html.Div(id="inbox-jobs"),
        dcc.Store(id="inbox-changed"),
        dcc.Interval(id="inbox-tick", interval=REFRESH_EVERY_MS),
    ]
    intro = view.language.text("Whether uploads are stored as they come, and what could not be stored.")
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """One callback polls the figures, one reads the quarantine, one requeues or discards an upload."""

    @app.callback(
        Output("inbox-health", "children"),
        Output("inbox-jobs", "children"),
        Input("inbox-tick", "n_intervals"),
        Input("inbox-changed", "data"),
    )
    def show_health(_ticks: object, _changed: object) -> tuple[Any, Any]:
        require_admin()
        view = current_view(service)
        figures, last = (
            inbox_stats.fetch_inbox_figures(service.database),
            inbox_stats.fetch_last_stored_time(service.database),
        )
        queue = service.queue.figures() if service.queue else None
        return inbox_health.health(figures, last, queue, view), inbox_health.jobs(queue, view.language)

    @app.callback(
        Output("quarantine-list", "children"),
        Output("quarantine-entry", "children"),
        Input("url", "search"),
        Input("inbox-changed", "data"),
    )
    def show_quarantine(search: object, _changed: object) -> tuple[Any, Any]:
        require_admin()
        view, page = current_view(service), quarantine_panels.page_of(search)
        found = quarantine.count_quarantine_entries(service.database)
        offset = (page - 1) * quarantine_panels.PAGE_ROWS
        rows = quarantine.list_quarantine_entries(
            service.database, limit=quarantine_panels.PAGE_ROWS, offset=offset
        )
        chosen = _viewed_upload(search, view)
        panel: Any = quarantine_panels.upload_panel(chosen, page, view) if chosen else []
        return quarantine_panels.quarantine_list(rows, found, page, chosen, view), panel

    @app.callback(
        Output("inbox-outcome", "children"),
        Output("inbox-changed", "data"),
        Input({"quarantine": ALL}, "n_clicks"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def change_quarantine(_clicks: object, search: object) -> tuple[Any, str]:
        actor, upload_id = require_admin(), _upload_id(search)
        button = form_actions.clicked()
        if upload_id is None:
            raise PreventUpdate
        admin = QuarantineAdmin(service.database, actor_id=actor.user_id)
        shown = _change(admin, button, upload_id, current_view(service).language)
        return shown, service.now().isoformat()


def _viewed_upload(search: object, view: View) -> QuarantineDetail | None:
    """The upload that the address names; the audit log notes that its owner was looked at."""
    upload_id = _upload_id(search)
    found = quarantine.fetch_quarantine_entry(view.service.database, upload_id) if upload_id else None
    if found and found.user_id != view.account.user_id:
        audit.record_person_view(
            view.service.database, actor_id=view.account.user_id, subject_id=found.user_id
        )
    return found


def _change(admin: QuarantineAdmin, button: object, upload_id: str, lang: Language) -> html.P:
    match button:
        case {"quarantine": "requeue"}:
            changed = admin.requeue(upload_id)
            text = lang.text("It is tried again. If it fails once more, it comes back here with its reason.")
        case {"quarantine": "discard"}:
            changed, text = admin.discard(upload_id), lang.text("It is discarded.")
        case _:
            raise PreventUpdate
    if changed:
        return form_actions.done(text)
    text = lang.text("Nothing was changed: it is not in quarantine any more, or nothing of it is kept.")
    return html.P(text, className="problem")


def _upload_id(search: object) -> str | None:
    try:
        return str(UUID(admin_frame.requested(search, "upload")))
    except ValueError:
        return None
