"""API keys on the pages Administration and Me: the list with its stop buttons, and a new key's only appearance."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from analytics_app.auth.account_changes import MAX_LABEL_LENGTH
from analytics_app.components.controls import confirm, copy_button
from analytics_app.components.sections import labelled, small_button
from analytics_app.context.form_actions import done
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from db.accounts.account_records import ApiKey
from db.accounts.administration import Credentials


def is_usable(key: ApiKey, view: View) -> bool:
    """Does ingest accept it now?"""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > view.service.now())


def key_item(key: ApiKey, about: Sequence[str], stop_id: dict[str, Any], view: View) -> html.Li:
    """One key with texts about it; a usable one can be stopped by the button with that id."""
    lang, usable = view.language, is_usable(key, view)
    ours = {"first key": lang.text("first key"), "rotated": lang.text("rotated"), "key": lang.text("key")}
    label = ours.get(key.label, key.label)
    stop = confirm(
        lang.text("Stop"),
        lang.text("Uploads with this key stop at once."),
        small_button(lang.text("Stop this key"), stop_id, danger=True),
        label=lang.text("Stop the key {name}", name=label),
    )
    return html.Li(
        [
            html.Div([html.Strong(label), html.Code(f"{key.prefix}…")], className="key-name"),
            html.Div(" · ".join(about), className="below"),
            stop if usable else None,
        ],
        className="key" if usable else "key stopped",
    )


def label_field(identifier: str, lang: Language) -> html.Label:
    """The field for the label of a new key."""
    field = dbc.Input(
        id=identifier, type="text", maxlength=MAX_LABEL_LENGTH, placeholder=lang.text("laptop, CI …")
    )
    return labelled(lang.text("New key for"), field)


def secrets_box(secrets: Credentials, lang: Language) -> html.Section:
    """A new key and a first password, which nobody can read again."""
    shown = [("secret-key", lang.text("API key"), secrets.key)]
    if secrets.password:
        shown.append(("secret-password", lang.text("First password"), secrets.password))
    return html.Section(
        [
            html.H2(lang.text("For {name}, shown only now", name=secrets.username)),
            html.P(lang.text("Copy it before you leave this page. Nobody can read it again, not even you.")),
            *(
                html.Div(
                    [
                        html.Span(title, className="secret-title"),
                        html.Code(value, id=identifier),
                        copy_button(identifier, lang),
                    ],
                    className="secret",
                )
                for identifier, title, value in shown
            ),
        ],
        className="panel secrets",
    )


def revoked(was_usable: bool, lang: Language) -> html.P:
    """The outcome of stopping a key."""
    return done(lang.text("The key is stopped.") if was_usable else lang.text("The key was stopped before."))
