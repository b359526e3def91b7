"""The admin page, people and keys: add and delete people, issue, rotate and revoke keys; for admins only."""

from typing import Any
from urllib.parse import parse_qs

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from analytics_app.auth.guard import require_admin
from analytics_app.components.attributes import attributes
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame, admin_parts, admin_people, admin_removal
from analytics_app.pages.admin.admin_people import Unfit
from analytics_app.view import View, current_view
from db.accounts import administration, users
from db.accounts.account_records import Account
from db.accounts.administration import LastAdmin, UserAdmin
from db.connection import Statements
from db.errors import Conflict, NoSuchPerson
from db.lifecycle import deletions

ENTRY = Entry(admin_frame.PEOPLE, "Administration", "people", "admin")
LARGEST_ID = 2**63 - 1
LOOK_EVERY_MS = 3_000


def layout(view: View) -> html.Div:
    """The page before the list has come."""
    require_admin()
    lang = view.language
    intro = lang.text("Who may look, who may upload, and with which keys.")
    content = [
        html.Div(id="secrets", **attributes(aria_live="polite")),
        html.Div(
            [
                html.Section(html.Div(className="skeleton fill tall"), id="people-list", className="panel"),
                html.Div([html.Div(id="person"), admin_parts.add_form(lang)], className="stack"),
            ],
            className="admin-columns",
        ),
        dcc.Store(id="people-changed"),
        dcc.Interval(id="people-tick", interval=LOOK_EVERY_MS, disabled=True),
    ]
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """Callbacks that read, then those that change; each asks for an admin first."""
    _register_reading(app, service)
    _register_adding(app, service)
    _register_keys(app, service)
    _register_standing(app, service)
    _register_removal(app, service)


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
        view = current_view(service)
        everybody = _everybody(service.database)
        wanted = _person_id(search)
        chosen = next((person for person in everybody.accounts if person.user_id == wanted), None)
        listed = admin_parts.people_table(everybody, chosen, view)
        # Looked at again and again only while somebody is on the way out.
        return listed, _panel(chosen, everybody, view), not everybody.leaving


def _panel(chosen: Account | None, everybody: admin_parts.Everybody, view: View) -> Any:
    """What can be done with one person; a look by itself takes away nothing that is being typed there."""
    if chosen is None:
        return []
    if ctx.triggered_id == "people-tick" and chosen.user_id not in everybody.leaving:
        return no_update
    return admin_parts.person_panel(chosen, everybody, view)


def _everybody(db: Statements) -> admin_parts.Everybody:
    return admin_parts.Everybody(
        users.list_accounts(db),
        users.list_keys(db),
        administration.list_clients(db),
        deletions.list_account_deletions(db),
    )


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
        lang = current_view(service).language
        try:
            taking_part = service.settings.insights_leaderboard_default
            new_user = admin_people.new_user(name, email, role, level, in_leaderboard=taking_part)
            secrets = admin_people.user_admin(service, actor).add(new_user)
        except Unfit as problem:
            return [], None, lang.text(str(problem)), name, email
        except Conflict:
            return [], None, lang.text("This name is taken."), name, email
        return admin_parts.secrets_box(secrets, lang), secrets.username, "", "", ""


def _register_keys(app: Dash, service: Service) -> None:
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
    ) -> tuple[Any, object]:
        actor = require_admin()
        user_id = _person_id(search)
        if user_id is None or not any(event["value"] for event in ctx.triggered):
            raise PreventUpdate
        lang = current_view(service).language
        try:
            shown = _changed(admin_people.user_admin(service, actor), user_id, label, lang)
        except Unfit as problem:
            shown = html.P(lang.text(str(problem)), className="problem")
        except NoSuchPerson:
            shown = html.P(lang.text("This person is not there any more."), className="problem")
        return shown, service.now().isoformat()


def _register_standing(app: Dash, service: Service) -> None:
    @app.callback(
        Output("secrets", "children", allow_duplicate=True),
        Output("people-changed", "data", allow_duplicate=True),
        Input({"standing": ALL}, "n_clicks"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def change_standing(_clicks: object, search: object) -> tuple[Any, str]:
        actor, user_id = require_admin(), _person_id(search)
        if user_id is None or not any(event["value"] for event in ctx.triggered):
            raise PreventUpdate
        lang = current_view(service).language
        try:
            _set_standing(admin_people.user_admin(service, actor), user_id)
            shown = html.P(lang.text("Changed. It counts from now on."), className="done")
        except LastAdmin:
            problem = lang.text("This is the last admin: make somebody else one first.")
            shown = html.P(problem, className="problem")
        except NoSuchPerson:
            shown = html.P(lang.text("This person is not there any more."), className="problem")
        return shown, service.now().isoformat()


def _register_removal(app: Dash, service: Service) -> None:
    @app.callback(
        Output("secrets", "children", allow_duplicate=True),
        Output("people-changed", "data", allow_duplicate=True),
        Output("removal-problem", "children"),
        Input("removal-form", "n_submit"),
        State("removal-name", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def remove_person(submits: object, typed: object, search: object) -> tuple[Any, Any, Any]:
        actor, user_id = require_admin(), _person_id(search)
        if user_id is None or not submits:
            raise PreventUpdate
        lang = current_view(service).language
        try:
            name = admin_people.remove(service, actor, user_id, typed)
        except Unfit as problem:
            return no_update, no_update, lang.text(str(problem))
        return admin_removal.under_way(name, lang), service.now().isoformat(), ""


def _set_standing(user_admin: UserAdmin, user_id: int) -> None:
    """Do what was clicked."""
    match ctx.triggered_id:
        case {"standing": "admin"}:
            user_admin.set_role(user_id, "admin")
        case {"standing": "member"}:
            user_admin.set_role(user_id, "member")
        case {"standing": "activate"}:
            user_admin.set_active(user_id, active=True)
        case {"standing": "deactivate"}:
            user_admin.set_active(user_id, active=False)
        case _:
            raise PreventUpdate


def _changed(user_admin: UserAdmin, user_id: int, label: object, lang: Language) -> Any:
    """Do what was clicked, and show what came of it."""
    match ctx.triggered_id:
        case "key-form":
            return admin_parts.secrets_box(admin_people.new_key(user_admin, user_id, label), lang)
        case "keys-rotate":
            return admin_parts.secrets_box(user_admin.rotate_keys(user_id)[0], lang)
        case {"revoke": int(key_id)} if 0 < key_id <= LARGEST_ID:
            return admin_parts.revoked_note(user_admin.revoke_key(user_id, key_id), lang)
        case _:
            raise PreventUpdate


def _person_id(search: object) -> int | None:
    """The person that the address names."""
    if not isinstance(search, str):
        return None
    value = parse_qs(search.removeprefix("?")).get("person", [""])[0]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None
