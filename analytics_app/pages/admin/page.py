"""People and keys of the Administration page: add and delete people, issue, rotate and revoke keys; for admins only."""

from collections.abc import Callable
from functools import partial
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from analytics_app.auth import account_changes
from analytics_app.auth.account_changes import MAX_ID, key_label, user_admin
from analytics_app.components.accounts.api_key_list import revoked, secrets_box
from analytics_app.components.attributes import attributes
from analytics_app.components.shell import Entry
from analytics_app.context import form_actions
from analytics_app.context.current_user import require_admin
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame, people_list
from analytics_app.pages.admin.admin_frame import requested_number
from analytics_app.pages.admin.people_list import TeamAccounts
from analytics_app.pages.admin.person_panel import person_panel
from db.accounts.account_records import Account
from db.accounts.administration import UserAdmin

ENTRY = Entry(admin_frame.PEOPLE, "Administration", "people", "admin")
REFRESH_EVERY_MS = 3_000
#: Makes the change of a button to the person with that id, and returns what to show.
Change = Callable[[UserAdmin, int, object, Language], Any]


def layout(view: View) -> html.Div:
    """The page before the list has come."""
    lang = view.language
    columns = [
        html.Section(html.Div(className="skeleton fill tall"), id="people-list", className="panel"),
        html.Div([html.Div(id="person"), people_list.add_form(lang)], className="stack"),
    ]
    content = [
        html.Div(id="secrets", **attributes(aria_live="polite")),
        html.Div(columns, className="admin-columns"),
        dcc.Store(id="people-changed"),
        dcc.Interval(id="people-tick", interval=REFRESH_EVERY_MS, disabled=True),
    ]
    intro = lang.text("Who may look, who may upload, and with which keys.")
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """Callbacks that read, then those that change; each requires an admin first."""
    _register_reading(app, service)
    _register_adding(app, service)
    _register_changes(app, service)


def _register_reading(app: Dash, service: Service) -> None:
    @app.callback(
        Output("people-list", "children"),
        Output("person", "children"),
        Output("people-tick", "disabled"),
        Input("url", "search"),
        Input("people-changed", "data"),
        Input("people-tick", "n_intervals"),
    )
    def show_people(search: object, _changed: object, _ticks: object) -> tuple[Any, Any, bool]:
        require_admin()
        view, team = current_view(service), TeamAccounts.read(service.database)
        user_id = requested_number(search, "person")
        chosen = next((person for person in team.accounts if person.user_id == user_id), None)
        # The page polls only while somebody is being deleted.
        return people_list.people_table(team, chosen, view), _panel(chosen, team, view), not team.leaving


def _panel(chosen: Account | None, team: TeamAccounts, view: View) -> Any:
    """The panel of the chosen person; polling must not remove what is being typed in it."""
    if chosen is None:
        return []
    if ctx.triggered_id == "people-tick" and chosen.user_id not in team.leaving:
        return no_update
    return person_panel(chosen, team, view)


def _register_adding(app: Dash, service: Service) -> None:
    @app.callback(
        Output("secrets", "children"),
        Output("people-changed", "data"),
        Output("add-problem", "children"),
        Output("add-name", "value"),
        Output("add-email", "value"),
        Input("add-form", "n_submit"),
        State("add-name", "value"),
        State("add-email", "value"),
        State("add-role", "value"),
        State("add-level", "value"),
        prevent_initial_call=True,
    )
    def add_person(
        submits: object, name: object, email: object, role: object, level: object
    ) -> tuple[Any, ...]:
        actor = require_admin()
        # Dash also calls when the form first appears.
        if not submits:
            raise PreventUpdate
        lang, in_leaderboard = current_view(service).language, service.settings.insights_leaderboard_default
        secrets, problem = form_actions.attempt(
            lambda: user_admin(service, actor).add(
                account_changes.new_user(name, email, role, level, in_leaderboard=in_leaderboard)
            ),
            lang,
        )
        if problem:
            return [], None, problem, name, email
        return secrets_box(secrets, lang), secrets.username, "", "", ""


def _register_changes(app: Dash, service: Service) -> None:
    @app.callback(
        Output("secrets", "children", allow_duplicate=True),
        Output("people-changed", "data", allow_duplicate=True),
        Input("key-form", "n_submit"),
        Input("keys-rotate", "n_clicks"),
        Input({"revoke": ALL}, "n_clicks"),
        State("key-label", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def change_keys(
        _submits: object, _rotations: object, _revocations: object, label: object, search: object
    ) -> tuple[Any, str]:
        return _change(service, search, partial(_change_keys, label=label))

    @app.callback(
        Output("secrets", "children", allow_duplicate=True),
        Output("people-changed", "data", allow_duplicate=True),
        Input({"standing": ALL}, "n_clicks"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def change_standing(_clicks: object, search: object) -> tuple[Any, str]:
        return _change(service, search, _change_standing)

    @app.callback(
        Output("secrets", "children", allow_duplicate=True),
        Output("people-changed", "data", allow_duplicate=True),
        Output("removal-problem", "children"),
        Input("removal-form", "n_submit"),
        State("removal-name", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def remove_person(submits: object, typed_name: object, search: object) -> tuple[Any, Any, Any]:
        actor, user_id = require_admin(), requested_number(search, "person")
        if user_id is None or not submits:
            raise PreventUpdate
        lang = current_view(service).language
        name, problem = form_actions.attempt(
            lambda: account_changes.remove(service, actor, user_id, typed_name), lang
        )
        if problem:
            return no_update, no_update, problem
        begun = lang.text(
            "The deletion of {name} has begun, with everything they uploaded, also from exports.", name=name
        )
        return form_actions.done(begun), service.now().isoformat(), ""


def _change(service: Service, search: object, change: Change) -> tuple[Any, str]:
    """Make the change that was clicked to the person whom the address names; show its outcome."""
    actor, user_id = require_admin(), requested_number(search, "person")
    button = form_actions.clicked()
    if user_id is None:
        raise PreventUpdate
    lang, admin = current_view(service).language, user_admin(service, actor)
    shown = form_actions.outcome(lambda: change(admin, user_id, button, lang), lang)
    return shown, service.now().isoformat()


def _change_keys(admin: UserAdmin, user_id: int, button: object, lang: Language, *, label: object) -> Any:
    match button:
        case "key-form":
            return secrets_box(admin.issue_key(user_id, key_label(label)), lang)
        case "keys-rotate":
            return secrets_box(admin.rotate_keys(user_id)[0], lang)
        case {"revoke": int(key_id)} if 0 < key_id <= MAX_ID:
            return revoked(admin.revoke_key(user_id, key_id), lang)
        case _:
            raise PreventUpdate


def _change_standing(admin: UserAdmin, user_id: int, button: object, lang: Language) -> html.P:
    match button:
        case {"standing": "admin" | "member" as role}:
            admin.set_role(user_id, role)
        case {"standing": "activate" | "deactivate" as access}:
            admin.set_active(user_id, active=access == "activate")
        case _:
            raise PreventUpdate
    return form_actions.done(lang.text("Changed. It counts from now on."))
