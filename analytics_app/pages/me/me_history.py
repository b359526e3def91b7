"""The history on the page Me: what was done with the reader's account, by whom, and who looked at their figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from analytics_app.components.sections import panel_head
from analytics_app.components.tables import Column, Row, records
from analytics_app.i18n.languages import Language
from analytics_app.view import View
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


def action_names(lang: Language) -> dict[str, str]:
    """Every action of the audit log in the reader's language."""
    return {
        "account.created": lang.text("Account created"),
        "account.made_admin": lang.text("Made an admin"),
        "account.made_member": lang.text("Made a member"),
        "account.activated": lang.text("Account activated"),
        "account.deactivated": lang.text("Account deactivated"),
        "account.deletion_asked": lang.text("Deletion of the account asked for"),
        "account.deleted": lang.text("Account deleted"),
        "key.issued": lang.text("Key made"),
        "key.revoked": lang.text("Key stopped"),
        "keys.revoked": lang.text("All keys stopped"),
        "password.set": lang.text("Password changed"),
        "settings.changed": lang.text("Privacy changed"),
        "text.purged": lang.text("Stored text deleted"),
        "data.deletion_asked": lang.text("Deletion of all data asked for"),
        "data.deleted": lang.text("All data deleted"),
        "person.viewed": lang.text("Sessions and figures looked at by name"),
        "people.viewed": lang.text("Everybody's figures looked at by name"),
        "upload.requeued": lang.text("Upload in quarantine tried again"),
        "upload.discarded": lang.text("Upload in quarantine discarded"),
        "leaderboard.switched": lang.text("Leaderboard switched on or off for all"),
        "export.downloaded": lang.text("Export downloaded"),
    }


def event_text(action: str, detail: Mapping[str, Any], lang: Language) -> list[Any]:
    """The action, with the key, file or upload that it concerned; an action without a text keeps its name."""
    shown: list[Any] = [action_names(lang).get(action, action)]
    if isinstance(detail.get("prefix"), str):
        shown.append(html.Code(f"{detail['prefix']}…"))
    shown += [html.Code(str(detail[name])) for name in ("file", "upload") if name in detail]
    if isinstance(detail.get("on"), bool):
        shown.append(lang.text("on") if detail["on"] else lang.text("off"))
    return [part for one in shown for part in (" ", one)][1:]
