"""My language, clock and theme, my password, and all of my data to take along or to delete."""

from typing import Any
from zoneinfo import available_timezones

import dash_bootstrap_components as dbc
from dash import dcc, html
from flask_wtf.csrf import generate_csrf

from analytics_app.i18n.languages import LANGUAGES, Language
from analytics_app.view import View
from db.accounts.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from db.lifecycle.deletions import Deletion

THEMES = ("light", "dark")
#: The value of what the browser, the team or the system decides; a select can't show an empty one.
AS_THEY_HAVE_IT = "*"
#: Old names for zones, and zones that are no place.
NO_PLACES = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


def zones() -> list[str]:
    """The zones that people look for by their city."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(NO_PLACES))
    return [*sorted(places), "UTC"]


def preferences(view: View) -> list[Any]:
    """A plain form: the whole page comes back as it was wished for."""
    lang, account = view.language, view.account
    theirs = {"value": AS_THEY_HAVE_IT}
    languages = [theirs | {"label": lang.text("As the browser says")}]
    languages += [{"value": code, "label": name} for code, name in LANGUAGES.items()]
    team_zone = lang.text("As the team: {zone}", zone=view.service.settings.insights_timezone)
    themes = [theirs | {"label": lang.text("As the system has it")}]
    themes += [
        {"value": "light", "label": lang.text("Light")},
        {"value": "dark", "label": lang.text("Dark")},
    ]
    form = html.Form(
        [
            _choice("locale", lang.text("Language"), languages, account.locale),
            _choice(
                "time_zone",
                lang.text("Clock"),
                [theirs | {"label": team_zone}, *({"value": zone, "label": zone} for zone in zones())],
                account.time_zone,
            ),
            _choice("theme", lang.text("Theme"), themes, account.theme),
            dcc.Input(type="hidden", name="csrf_token", value=generate_csrf()),
            html.Button(lang.text("Save"), className="button", type="submit"),
        ],
        id="preferences-form",
        action="/me/preferences",
        method="POST",
    )
    hint = lang.text(
        "Your clock counts for single times. Days are the team's everywhere, so that sums agree."
    )
    return [_head(lang.text("Display")), form, html.P(hint, className="hint")]


def _choice(name: str, title: str, options: list[dict[str, str]], chosen: str | None) -> html.Label:
    select = dbc.Select(name=name, id=f"preference-{name}", options=options, value=chosen or AS_THEY_HAVE_IT)
    return html.Label([html.Span(title), select], className="field")


def password(view: View) -> list[Any]:
    """The old one is asked for: an unlocked screen must not be enough."""
    lang = view.language
    new = lang.text("New password, at least {count} characters", count=MIN_PASSWORD_LENGTH)
    form = dbc.Form(
        [
            # For password managers, which otherwise do not know whose it is.
            html.Label(
                [
                    lang.text("Name"),
                    dcc.Input(
                        type="text",
                        value=view.account.username,
                        autoComplete="username",
                        readOnly=True,
                        name="username",
                    ),
                ],
                className="visually-hidden",
            ),
            _secret("password-old", lang.text("Current password"), "current-password"),
            _secret("password-new", new, "new-password"),
            _secret("password-again", lang.text("New password again"), "new-password"),
            html.P(id="password-problem", className="problem", role="alert"),
            html.P(id="password-done", className="done", role="status"),
            html.Button(lang.text("Change password"), className="button", type="submit"),
        ],
        id="password-form",
        prevent_default_on_submit=True,
    )
    hint = lang.text("All other logins of yours end with it. Keys go on.")
    return [_head(lang.text("Password")), form, html.P(hint, className="hint")]


def _secret(identifier: str, title: str, kind: str) -> html.Label:
    field = dbc.Input(
        id=identifier, type="password", autocomplete=kind, required=True, maxlength=MAX_PASSWORD_LENGTH
    )
    return html.Label([html.Span(title), field], className="field")


def my_data(view: View, deletion: Deletion | None) -> list[Any]:
    """Take it along, or delete it."""
    lang = view.language
    download = html.A(
        lang.text("Download as JSON"),
        href="/me/data.json",
        download="",
        className="button",
        id="download-data",
    )
    return [
        _head(lang.text("My data")),
        html.P(
            lang.text(
                "Everything that is stored of you, in one file: sessions, text, plans, keys without the keys."
            )
        ),
        html.Div(download),
        html.Hr(),
        html.P(lang.text("Delete every session, message and plan of yours, also from the exported files.")),
        html.P(lang.text("Your account and your keys stay: what comes in later is stored again.")),
        html.Div(deletion_state(deletion, lang), id="deletion-state", role="status"),
        _deletion_form(view.account.username, lang),
    ]


def _deletion_form(name: str, lang: Language) -> dbc.Form:
    title = lang.text("To confirm, type your name: {name}", name=name)
    field = dbc.Input(id="deletion-name", type="text", autocomplete="off", maxlength=100)
    return dbc.Form(
        [
            html.Label([html.Span(title), field], className="field"),
            html.Button(lang.text("Delete all my data"), className="button danger", type="submit"),
        ],
        id="deletion-form",
        prevent_default_on_submit=True,
        class_name="inline-form",
    )


def deletion_state(deletion: Deletion | None, lang: Language) -> Any:
    """How far it has come."""
    if deletion is None:
        return []
    words = (
        lang.text("Your data is deleted. The exported files are being rewritten without it.")
        if deletion.rows_gone
        else lang.text("Your data is being deleted. That takes a minute or so.")
    )
    return html.P(words, className="done")


def _head(title: str) -> html.Header:
    return html.Header(html.H2(title), className="panel-head")
