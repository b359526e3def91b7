"""The forms on the page Me: language, clock and theme, a new password, and the download or deletion of all data."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

import dash_bootstrap_components as dbc
from dash import dcc, html
from flask_wtf.csrf import generate_csrf

from analytics_app.components.sections import labelled, panel_head, submit_form
from analytics_app.context.form_actions import done
from analytics_app.context.view import View
from analytics_app.i18n.languages import LANGUAGES, Language
from db.accounts.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from db.lifecycle.deletions import Deletion

THEMES = ("light", "dark")
#: The value for "as the browser, the team or the system says"; a select can't show an empty one.
DEFAULT = "*"
#: Former names of zones, and zones that are no city.
HIDDEN_ZONES = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


def zones() -> list[str]:
    """The time zones that people look for by their city, and UTC."""
    cities = (name for name in available_timezones() if "/" in name and not name.startswith(HIDDEN_ZONES))
    return [*sorted(cities), "UTC"]


def preferences(view: View) -> list[Any]:
    """A plain form: the server answers with the whole page in the new language."""
    lang, account = view.language, view.account
    team_zone = lang.text("As the team: {zone}", zone=view.service.settings.insights_timezone)
    form = html.Form(
        [
            _choice(
                "locale", lang.text("Language"), lang.text("As the browser says"), LANGUAGES, account.locale
            ),
            _choice(
                "time_zone",
                lang.text("Clock"),
                team_zone,
                {zone: zone for zone in zones()},
                account.time_zone,
            ),
            _choice(
                "theme",
                lang.text("Theme"),
                lang.text("As the system has it"),
                dict(zip(THEMES, (lang.text("Light"), lang.text("Dark")), strict=True)),
                account.theme,
            ),
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
    return [panel_head(lang.text("Display")), form, html.P(hint, className="hint")]


def _choice(name: str, title: str, default: str, names: Mapping[str, str], chosen: str | None) -> html.Label:
    options = [{"value": value, "label": label} for value, label in {DEFAULT: default, **names}.items()]
    select = dbc.Select(name=name, id=f"preference-{name}", options=options, value=chosen or DEFAULT)
    return labelled(title, select)


def password(view: View) -> list[Any]:
    """Requires the current password, since an unlocked screen must not be enough."""
    lang = view.language
    # Tells password managers whose password it is.
    name = dcc.Input(
        type="text",
        value=view.account.username,
        autoComplete="username",
        readOnly=True,
        name="username",
    )
    new = lang.text("New password, at least {count} characters", count=MIN_PASSWORD_LENGTH)
    form = submit_form(
        "password-form",
        html.Label([lang.text("Name"), name], className="visually-hidden"),
        _password_field("password-old", lang.text("Current password"), "current-password"),
        _password_field("password-new", new, "new-password"),
        _password_field("password-again", lang.text("New password again"), "new-password"),
        html.P(id="password-problem", className="problem", role="alert"),
        html.P(id="password-done", className="done", role="status"),
        html.Button(lang.text("Change password"), className="button", type="submit"),
    )
    hint = lang.text("All other logins of yours end with it. Keys go on.")
    return [panel_head(lang.text("Password")), form, html.P(hint, className="hint")]


def _password_field(identifier: str, title: str, autocomplete: str) -> html.Label:
    field = dbc.Input(
        id=identifier,
        type="password",
        autocomplete=autocomplete,
        required=True,
        maxlength=MAX_PASSWORD_LENGTH,
    )
    return labelled(title, field)


def my_data(view: View, deletion: Deletion | None) -> list[Any]:
    """Download all data, or delete it."""
    lang = view.language
    download = html.A(
        lang.text("Download as JSON"),
        href="/me/data.json",
        download="",
        className="button",
        id="download-data",
    )
    content = lang.text(
        "Everything that is stored of you, in one file: sessions, text, plans, keys without the keys."
    )
    name = dbc.Input(id="deletion-name", type="text", autocomplete="off", maxlength=100)
    title = lang.text("To confirm, type your name: {name}", name=view.account.username)
    return [
        panel_head(lang.text("My data")),
        html.P(content),
        html.Div(download),
        html.Hr(),
        html.P(lang.text("Delete every session, message and plan of yours, also from the exported files.")),
        html.P(lang.text("Your account and your keys stay: what comes in later is stored again.")),
        html.Div(deletion_state(deletion, lang), id="deletion-state", role="status"),
        submit_form(
            "deletion-form",
            labelled(title, name),
            html.Button(lang.text("Delete all my data"), className="button danger", type="submit"),
            kind="inline-form",
        ),
    ]


def deletion_state(deletion: Deletion | None, lang: Language) -> Any:
    """How far a deletion of all data has come."""
    if deletion is None:
        return []
    if deletion.rows_gone:
        return done(lang.text("Your data is deleted. The exported files are being rewritten without it."))
    return done(lang.text("Your data is being deleted. That takes a minute or so."))
