"""What was done with my account lately, and by whom: also who looked at me."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from analytics_app.components import tables
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.lifecycle.data_export import AuditEvent


def panel(happenings: Sequence[AuditEvent], view: View) -> list[Any]:
    """Newest first; the head says what it is for."""
    lang = view.language
    hint = lang.text("what was done with your account, and who looked at your figures by name")
    head = html.Header(
        [html.H2(lang.text("History")), html.Span(hint, className="note")], className="panel-head"
    )
    if not happenings:
        return [head, html.P(lang.text("Nothing so far."), className="dim")]
    rows = [_row(one, view) for one in happenings]
    caption = html.Caption(lang.text("History"), className="visually-hidden")
    titles = (lang.text("When"), lang.text("What"), lang.text("By whom"))
    columns = html.Thead(html.Tr([html.Th(title, scope="col") for title in titles]))
    table = html.Table([caption, columns, html.Tbody(rows)], className="records history")
    return [head, tables.scrolling(table, lang.text("History"))]


def _row(one: AuditEvent, view: View) -> html.Tr:
    lang = view.language
    return html.Tr(
        [
            html.Td(view.moment(one.happened_at), className="moment"),
            html.Td([action_name(one.action, lang), *about(one.detail, lang)]),
            html.Td(_actor(one, lang), className="dim"),
        ]
    )


def action_names(lang: Language) -> dict[str, str]:
    """Whatever is noted, in words."""
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


def action_name(action: str, lang: Language) -> str:
    """In words; what nobody has put into words yet, as it was noted."""
    return action_names(lang).get(action, action)


def about(detail: Mapping[str, Any], lang: Language) -> list[Any]:
    """What it was done to or with, where the entry says so."""
    shown: list[Any] = [html.Code(f"{detail['prefix']}…")] if isinstance(detail.get("prefix"), str) else []
    shown += [html.Code(str(detail[name])) for name in ("file", "upload") if name in detail]
    if isinstance(detail.get("on"), bool):
        shown.append(lang.text("on") if detail["on"] else lang.text("off"))
    return [part for one in shown for part in (" ", one)]


def _actor(one: AuditEvent, lang: Language) -> str:
    if one.by_me:
        return lang.text("you")
    return one.actor or str(one.detail.get("by") or lang.text("the server"))
