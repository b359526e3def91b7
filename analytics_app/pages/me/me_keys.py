"""The keys on the page Me: the reader's keys with a stop for each, and the form of a new one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from analytics_app.components.accounts.api_key_list import is_usable, key_item, label_field
from analytics_app.components.sections import labelled, submit_form
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from db.accounts.account_records import ApiKey

#: Days until a new key ends by itself; 0 = never.
LIFETIMES = (0, 30, 90, 365)
#: How many stopped keys are still listed.
SHOWN_STOPPED = 3


def lifetime(chosen: object) -> timedelta | None:
    """The lifetime of a new key; None = until it is stopped."""
    days = next((days for days in LIFETIMES if str(days) == chosen), 0)
    return timedelta(days=days) if days else None


def panel(keys: Sequence[ApiKey], view: View) -> list[Any]:
    """The usable keys, then the last stopped ones."""
    usable = [key for key in keys if is_usable(key, view)]
    stopped = [key for key in keys if not is_usable(key, view)][:SHOWN_STOPPED]
    if not keys:
        none = view.language.text("No key yet: make one to upload your sessions.")
        return [html.P(none, className="dim")]
    items = [key_item(key, _about(key, view), {"own-key": key.key_id}, view) for key in [*usable, *stopped]]
    return [html.Ul(items, className="keys")]


def _about(key: ApiKey, view: View) -> list[str]:
    lang = view.language
    since = lang.text("since {time}", time=view.moment(key.created_at))
    if not is_usable(key, view):
        return [since, lang.text("stopped") if key.revoked_at else lang.text("ended by itself")]
    return [
        since,
        lang.text("last used {time}", time=view.moment(key.last_used_at)),
        lang.text("ends {time}", time=view.moment(key.expires_at)) if key.expires_at else lang.text("no end"),
    ]


def form(lang: Language) -> dbc.Form:
    """A new key with a label and a lifetime."""
    names = (lang.text("never"), lang.text("in 30 days"), lang.text("in 90 days"), lang.text("in a year"))
    options = [{"value": str(days), "label": name} for days, name in zip(LIFETIMES, names, strict=True)]
    return submit_form(
        "own-key-form",
        label_field("own-key-label", lang),
        labelled(lang.text("Ends"), dbc.Select(id="own-key-end", options=options, value="0")),
        html.Button(lang.text("Make a key"), className="button primary", type="submit"),
        kind="inline-form",
    )
