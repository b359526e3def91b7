"""What was done with my account lately, and by whom: also who looked at me."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from analytics_app.components import tables
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.lifecycle.data_export import Happening


def panel(happenings: Sequence[Happening], view: View) -> list[Any]:
    """Newest first; the head says what it is for."""
    said = view.language
    hint = said.text("what was done with your account, and who looked at your figures by name")
    head = html.Header(
        [html.H2(said.text("History")), html.Span(hint, className="note")], className="panel-head"
    )
    if not happenings:
        return [head, html.P(said.text("Nothing so far."), className="dim")]
    rows = [_row(one, view) for one in happenings]
    caption = html.Caption(said.text("History"), className="visually-hidden")
    titles = (said.text("When"), said.text("What"), said.text("By whom"))
    columns = html.Thead(html.Tr([html.Th(title, scope="col") for title in titles]))
    table = html.Table([caption, columns, html.Tbody(rows)], className="records history")
    return [head, tables.scrolling(table, said.text("History"))]


def _row(one: Happening, view: View) -> html.Tr:
    said = view.language
    return html.Tr(
        [
            html.Td(view.moment(one.happened_at), className="moment"),
            html.Td([action_name(one.action, said), *about(one.detail, said)]),
            html.Td(_actor(one, said), className="dim"),
        ]
    )


def action_names(said: Language) -> dict[str, str]:
    """Whatever is noted, in words."""
    return {
        "account.created": said.text("Account created"),
        "account.made_admin": said.text("Made an admin"),
        "account.made_member": said.text("Made a member"),
        "account.activated": said.text("Account activated"),
        "account.deactivated": said.text("Account deactivated"),
        "account.deletion_asked": said.text("Deletion of the account asked for"),
        "account.deleted": said.text("Account deleted"),
        "key.issued": said.text("Key made"),
        "key.revoked": said.text("Key stopped"),
        "keys.revoked": said.text("All keys stopped"),
        "password.set": said.text("Password changed"),
        "settings.changed": said.text("Privacy changed"),
        "text.purged": said.text("Stored text deleted"),
        "data.deletion_asked": said.text("Deletion of all data asked for"),
        "data.deleted": said.text("All data deleted"),
        "person.viewed": said.text("Sessions and figures looked at by name"),
        "people.viewed": said.text("Everybody's figures looked at by name"),
        "upload.requeued": said.text("Upload in quarantine tried again"),
        "upload.discarded": said.text("Upload in quarantine discarded"),
        "leaderboard.switched": said.text("Leaderboard switched on or off for all"),
        "export.downloaded": said.text("Export downloaded"),
    }


def action_name(action: str, said: Language) -> str:
    """In words; what nobody has put into words yet, as it was noted."""
    return action_names(said).get(action, action)


def about(detail: Mapping[str, Any], said: Language) -> list[Any]:
    """What it was done to or with, where the entry says so."""
    shown: list[Any] = [html.Code(f"{detail['prefix']}…")] if isinstance(detail.get("prefix"), str) else []
    shown += [html.Code(str(detail[name])) for name in ("file", "upload") if name in detail]
    if isinstance(detail.get("on"), bool):
        shown.append(said.text("on") if detail["on"] else said.text("off"))
    return [part for one in shown for part in (" ", one)]


def _actor(one: Happening, said: Language) -> str:
    if one.by_me:
        return said.text("you")
    return one.actor or str(one.detail.get("by") or said.text("the server"))
