"""The history on the page Me: what was done with the reader's account, by whom, and who looked at their figures."""

from collections.abc import Sequence
from typing import Any

from dash import html

from analytics_app.components.accounts.audit_events import event_text
from analytics_app.components.sections import panel_head
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.view import View
from db.lifecycle.data_export import AuditEvent


def panel(events: Sequence[AuditEvent], view: View) -> list[Any]:
    """The events, newest first."""
    lang = view.language
    hint = lang.text("what was done with your account, and who looked at your figures by name")
    head = panel_head(lang.text("History"), hint)
    if not events:
        return [head, html.P(lang.text("Nothing so far."), className="dim")]
    columns = [
        Column(lang.text("When"), "moment"),
        Column(lang.text("What")),
        Column(lang.text("By whom"), "dim"),
    ]
    rows = [
        Row(
            [
                view.moment(event.happened_at),
                event_text(event.action, event.detail, lang),
                lang.text("you")
                if event.by_me
                else event.actor or str(event.detail.get("by") or lang.text("the server")),
            ]
        )
        for event in events
    ]
    return [head, records(lang.text("History"), columns, rows, "history")]
