"""My keys: a new one with a name and an end, and a stop for each."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_parts import label_name
from analytics_app.pages.admin.admin_people import MAX_LABEL_LENGTH
from analytics_app.view import View
from db.accounts.account_records import ApiKey

#: Days until a key ends by itself; 0 = never.
ENDS = (0, 30, 90, 365)
#: So many that were stopped are still shown.
SHOWN_STOPPED = 3


def end_after(chosen: object) -> timedelta | None:
    """How long a new key counts, from what was chosen; None = until it is stopped."""
    days = next((days for days in ENDS if str(days) == chosen), 0)
    return timedelta(days=days) if days else None


def panel(keys: Sequence[ApiKey], view: View) -> list[Any]:
    """The keys that count, then the last ones that do not any more."""
    lang = view.language
    usable = [key for key in keys if is_usable(key, view)]
    stopped = [key for key in keys if not is_usable(key, view)][:SHOWN_STOPPED]
    listed = html.Ul([_row(key, view, usable=key in usable) for key in [*usable, *stopped]], className="keys")
    none = html.P(lang.text("No key yet: make one to upload your sessions."), className="dim")
    return [listed if keys else none]


def is_usable(key: ApiKey, view: View) -> bool:
    """Does an upload with it get in?"""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > view.service.now())


def _row(key: ApiKey, view: View, *, usable: bool) -> html.Li:
    lang = view.language
    parts = [lang.text("since {time}", time=view.moment(key.created_at))]
    if usable:
        parts.append(lang.text("last used {time}", time=view.moment(key.last_used_at)))
        parts.append(
            lang.text("ends {time}", time=view.moment(key.expires_at))
            if key.expires_at
            else lang.text("no end")
        )
    else:
        parts.append(lang.text("ended by itself") if key.revoked_at is None else lang.text("stopped"))
    name = html.Div(
        [html.Strong(label_name(key.label, lang)), html.Code(f"{key.prefix}…")], className="key-name"
    )
    return html.Li(
        [name, html.Div(" · ".join(parts), className="below"), _stop(key, lang) if usable else None],
        className="key" if usable else "key stopped",
    )


def _stop(key: ApiKey, lang: Language) -> html.Details:
    """Two clicks for what can't be undone."""
    name = label_name(key.label, lang)
    button = html.Button(
        lang.text("Stop this key"),
        id={"own-key": key.key_id},
        className="button danger small",
        type="button",
    )
    return html.Details(
        [
            html.Summary(
                lang.text("Stop"),
                className="quiet",
                **attributes(aria_label=lang.text("Stop the key {name}", name=name)),
            ),
            html.Div(
                [html.P(lang.text("Uploads with this key stop at once.")), button], className="popover-box"
            ),
        ],
        className="dropdown-box asks-first",
    )


def form(lang: Language) -> dbc.Form:
    """A new key."""
    names = {
        0: lang.text("never"),
        30: lang.text("in 30 days"),
        90: lang.text("in 90 days"),
        365: lang.text("in a year"),
    }
    label = dbc.Input(
        id="own-key-label", type="text", maxlength=MAX_LABEL_LENGTH, placeholder=lang.text("laptop, CI …")
    )
    ends = dbc.Select(
        id="own-key-end", options=[{"value": str(days), "label": names[days]} for days in ENDS], value="0"
    )
    return dbc.Form(
        [
            html.Label([html.Span(lang.text("New key for")), label], className="field"),
            html.Label([html.Span(lang.text("Ends")), ends], className="field"),
            html.Button(lang.text("Make a key"), className="button primary", type="submit"),
        ],
        id="own-key-form",
        prevent_default_on_submit=True,
        class_name="inline-form",
    )
