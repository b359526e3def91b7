"""Events of the audit log in the reader's language, for the History of each person and the admin's log."""

from collections.abc import Mapping
from typing import Any

from dash import html

from analytics_app.i18n.languages import Language


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
