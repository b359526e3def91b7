"""The admin page, inbox: is mail stored as it comes, and what becomes of what could not be."""

from typing import Any
from uuid import UUID

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html
from dash.exceptions import PreventUpdate

from analytics_app.auth.guard import require_admin
from analytics_app.components.attributes import attributes
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.pages.admin import admin_frame, admin_quarantine
from analytics_app.pages.admin import admin_inbox_parts as parts
from analytics_app.view import View, current_view
from db import audit
from db.uploads import inbox_stats, quarantine
from db.uploads.quarantine import QuarantineAdmin, QuarantineDetail

ENTRY = Entry(admin_frame.INBOX, "Inbox", "people", "admin", listed=False)
LOOK_EVERY_MS = 5_000


def layout(view: View) -> html.Div:
    """The page before anything has come."""
    require_admin()
    lang = view.language
    waiting = html.Div(className="skeleton fill tall")
    return admin_frame.page(
        ENTRY.path,
        lang.text("Whether uploads are stored as they come, and what could not be stored."),
        [
            html.Div(parts.skeleton(), id="inbox-health"),
            html.Div(id="inbox-said", **attributes(aria_live="polite")),
            html.Div(
                [
                    html.Section(waiting, id="quarantine-list", className="panel"),
                    html.Div(id="quarantine-entry", className="stack"),
                ],
                className="admin-columns",
            ),
            html.Div(id="inbox-jobs"),
            dcc.Store(id="inbox-changed"),
            dcc.Interval(id="inbox-tick", interval=LOOK_EVERY_MS),
        ],
        view,
    )


def register(app: Dash, service: Service) -> None:
    """One callback looks again and again, one reads the list, one lets in or gives up."""
    _register_reading(app, service)
    _register_changing(app, service)


def _register_reading(app: Dash, service: Service) -> None:
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
        return parts.health(figures, last, queue, view), parts.jobs(queue, view.language)

    @app.callback(
        Output("quarantine-list", "children"),
        Output("quarantine-entry", "children"),
        Input("url", "search"),
        Input("inbox-changed", "data"),
    )
    def show_quarantine(search: object, _changed: object) -> tuple[Any, Any]:
        require_admin()
        view, page = current_view(service), admin_quarantine.page_of(search)
        found = quarantine.count_quarantine_entries(service.database)
        offset = (page - 1) * admin_quarantine.PAGE_ROWS
        rows = quarantine.list_quarantine_entries(
            service.database, limit=admin_quarantine.PAGE_ROWS, offset=offset
        )
        chosen = _looked_at(search, view)
        panel: Any = admin_quarantine.entry_panel(chosen, page, view) if chosen else []
        return admin_quarantine.listed(rows, found, page, chosen, view), panel


def _looked_at(search: object, view: View) -> QuarantineDetail | None:
    """The upload that the address names, and the note that its owner was looked at."""
    upload = _upload_id(search)
    found = quarantine.fetch_quarantine_entry(view.service.database, upload) if upload else None
    if found and found.user_id != view.account.user_id:
        audit.record_person_view(
            view.service.database, actor_id=view.account.user_id, subject_id=found.user_id
        )
    return found


def _register_changing(app: Dash, service: Service) -> None:
    @app.callback(
        Output("inbox-said", "children"),
        Output("inbox-changed", "data"),
        Input({"quarantine": ALL}, "n_clicks"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def change_quarantine(_clicks: object, search: object) -> tuple[Any, str]:
        actor, upload = require_admin(), _upload_id(search)
        if upload is None or not any(event["value"] for event in ctx.triggered):
            raise PreventUpdate
        lang, hand = current_view(service).language, QuarantineAdmin(service.database, actor_id=actor.user_id)
        match ctx.triggered_id:
            case {"quarantine": "requeue"}:
                shown = admin_quarantine.outcome(hand.requeue(upload), admin_quarantine.requeued(lang), lang)
            case {"quarantine": "discard"}:
                shown = admin_quarantine.outcome(hand.discard(upload), admin_quarantine.discarded(lang), lang)
            case _:
                raise PreventUpdate
        return shown, service.now().isoformat()


def _upload_id(search: object) -> str | None:
    try:
        return str(UUID(admin_frame.asked(search, "upload")))
    except ValueError:
        return None
