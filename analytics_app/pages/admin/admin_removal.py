"""The admin page, deleting a person: the form that wants the name typed, and what is said of who is on the way out."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.accounts.account_records import Account


def removal(person: Account, view: View) -> html.Details | html.P:
    """The way to delete this person, whom only another admin can delete."""
    lang = view.language
    if person.user_id == view.account.user_id:
        hint = lang.text("Only another admin can delete your account; your data you delete on the page Me.")
        return html.P(hint, className="hint")
    summary = html.Summary(lang.text("Delete this person"), className="quiet")
    return html.Details(
        [summary, html.Div(_form(person, lang), className="popover-box")], className="dropdown-box asks-first"
    )


def _form(person: Account, lang: Language) -> list[Any]:
    consequence = lang.text(
        "Keys and logins stop at once. Then everything this person uploaded is deleted, also from the"
        " exported files, and the team's figures are counted anew without it. Nobody can bring it back."
    )
    field = dbc.Input(id="removal-name", type="text", autocomplete="off", maxlength=100)
    title = lang.text("To confirm, type the name: {name}", name=person.username)
    form = dbc.Form(
        [
            html.Label([html.Span(title), field], className="field"),
            html.P(id="removal-problem", className="problem", role="alert"),
            html.Button(lang.text("Delete for good"), className="button danger", type="submit"),
        ],
        id="removal-form",
        prevent_default_on_submit=True,
    )
    return [html.P(consequence), form]


def on_the_way_out(lang: Language) -> html.P:
    """Instead of all that could be done with this person."""
    going = lang.text("This person is being deleted. Keys and logins have stopped; the rest goes by itself.")
    return html.P(going, className="hint", role="status")


def under_way(name: str, lang: Language) -> html.P:
    """What comes of the form: still true once the person is gone."""
    begun = lang.text(
        "The deletion of {name} has begun, with everything they uploaded, also from exports.", name=name
    )
    return html.P(begun, className="done")
