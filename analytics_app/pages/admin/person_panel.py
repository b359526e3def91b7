"""One person on the Administration page: their keys, their role and access, and their deletion."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from analytics_app.components.accounts.api_key_list import is_usable, key_item, label_field
from analytics_app.components.controls import confirm
from analytics_app.components.sections import close_link, labelled, panel_head, small_button, submit_form
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import PEOPLE, team_moment
from analytics_app.pages.admin.people_list import TeamAccounts
from db.accounts.account_records import Account, ApiKey


def person_panel(person: Account, team: TeamAccounts, view: View) -> html.Section:
    """The person's keys and the changes that an admin can make; none while the person is being deleted."""
    lang, close = view.language, close_link(PEOPLE, view.language)
    if person.user_id in team.leaving:
        text = lang.text(
            "This person is being deleted. Keys and logins have stopped; the rest goes by itself."
        )
        hint = html.P(text, className="hint", role="status")
        return html.Section([panel_head(person.username, close), hint], className="panel")
    keys = [_key(key, view) for key in team.keys if key.user_id == person.user_id]
    none = html.P(lang.text("No key yet: this person can't upload."), className="dim")
    return html.Section(
        [
            panel_head(lang.text("Keys of {name}", name=person.username), close),
            html.Ul(keys, className="keys") if keys else none,
            _issue_form(lang),
            html.Div(
                [
                    _rotate(lang) if keys else None,
                    *_role_and_access(person, lang),
                    _removal(person, view),
                ],
                className="ways",
            ),
        ],
        className="panel",
    )


def _key(key: ApiKey, view: View) -> html.Li:
    lang = view.language
    used = lang.text("last used {time}", time=team_moment(key.last_used_at, view))
    about = [
        lang.text("since {time}", time=team_moment(key.created_at, view)),
        used if is_usable(key, view) else lang.text("stopped"),
    ]
    return key_item(key, about, {"revoke": key.key_id}, view)


def _issue_form(lang: Language) -> dbc.Form:
    return submit_form(
        "key-form",
        label_field("key-label", lang),
        html.Button(lang.text("Issue key"), className="button", type="submit"),
        kind="inline-form",
    )


def _rotate(lang: Language) -> html.Details:
    button = small_button(lang.text("Stop all and issue a new one"), "keys-rotate", danger=True)
    consequence = lang.text("All keys of this person stop at once. You get a new one to hand over.")
    return confirm(lang.text("Rotate keys"), consequence, button)


def _role_and_access(person: Account, lang: Language) -> list[Any]:
    changes = [
        ("member", lang.text("Make a member"), lang.text("They see and change others no more."))
        if person.is_admin
        else ("admin", lang.text("Make an admin"), lang.text("They see and change everybody.")),
        (
            "deactivate",
            lang.text("Deactivate"),
            lang.text("Keys and logins stop at once; what was uploaded stays."),
        )
        if person.active
        else ("activate", lang.text("Activate again"), lang.text("Keys and password count again.")),
    ]
    return [
        confirm(
            title,
            consequence,
            small_button(lang.text("Do it"), {"standing": change}, danger=change in {"member", "deactivate"}),
        )
        for change, title, consequence in changes
    ]


def _removal(person: Account, view: View) -> html.Details | html.P:
    """The form that deletes the person once their name is typed; a hint for the admin's own account."""
    lang = view.language
    if person.user_id == view.account.user_id:
        hint = lang.text("Only another admin can delete your account; your data you delete on the page Me.")
        return html.P(hint, className="hint")
    consequence = lang.text(
        "Keys and logins stop at once. Then everything this person uploaded is deleted, also from the"
        " exported files, and the team's figures are counted anew without it. Nobody can bring it back."
    )
    field = dbc.Input(id="removal-name", type="text", autocomplete="off", maxlength=100)
    form = submit_form(
        "removal-form",
        labelled(lang.text("To confirm, type the name: {name}", name=person.username), field),
        html.P(id="removal-problem", className="problem", role="alert"),
        html.Button(lang.text("Delete for good"), className="button danger", type="submit"),
    )
    return confirm(lang.text("Delete this person"), consequence, form)
