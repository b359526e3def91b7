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
from db.accounts import user_admin, users
from db.accounts.user_admin import LastAdmin, Registrar
from db.connection import Statements
from db.errors import Conflict, NoSuchPerson
from db.lifecycle import deletions
from db.records import Account

ENTRY = Entry(admin_frame.PEOPLE, "Administration", "people", "admin")
LARGEST_ID = 2**63 - 1
LOOK_EVERY_MS = 3_000


def layout(view: View) -> html.Div:
    """The page before the list has come."""
    require_admin()
    said = view.language
    intro = said.text("Who may look, who may upload, and with which keys.")
    content = [
        html.Div(id="secrets", **attributes(aria_live="polite")),
        html.Div(
            [
                html.Section(html.Div(className="skeleton fill tall"), id="people-list", className="panel"),
                html.Div([html.Div(id="person"), admin_parts.add_form(said)], className="stack"),
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
        users.list_accounts(db), users.list_keys(db), user_admin.clients(db), deletions.leaving(db)
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
        said = current_view(service).language
        try:
            taking_part = service.settings.insights_leaderboard_default
            newcomer = admin_people.newcomer(name, email, role, level, in_leaderboard=taking_part)
            secrets = admin_people.registrar(service, actor).add(newcomer)
        except Unfit as problem:
            return [], None, said.text(str(problem)), name, email
        except Conflict:
            return [], None, said.text("This name is taken."), name, email
        return admin_parts.secrets_box(secrets, said), secrets.username, "", "", ""


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
        said = current_view(service).language
        try:
            shown = _changed(admin_people.registrar(service, actor), user_id, label, said)
        except Unfit as problem:
            shown = html.P(said.text(str(problem)), className="problem")
        except NoSuchPerson:
            shown = html.P(said.text("This person is not there any more."), className="problem")
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
        said = current_view(service).language
        try:
            _set_standing(admin_people.registrar(service, actor), user_id)
            shown = html.P(said.text("Changed. It counts from now on."), className="done")
        except LastAdmin:
            problem = said.text("This is the last admin: make somebody else one first.")
            shown = html.P(problem, className="problem")
        except NoSuchPerson:
            shown = html.P(said.text("This person is not there any more."), className="problem")
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
        said = current_view(service).language
        try:
            name = admin_people.remove(service, actor, user_id, typed)
        except Unfit as problem:
            return no_update, no_update, said.text(str(problem))
        return admin_removal.under_way(name, said), service.now().isoformat(), ""


def _set_standing(registrar: Registrar, user_id: int) -> None:
    """Do what was clicked."""
    match ctx.triggered_id:
        case {"standing": "admin"}:
            registrar.set_role(user_id, "admin")
        case {"standing": "member"}:
            registrar.set_role(user_id, "member")
        case {"standing": "activate"}:
            registrar.set_active(user_id, active=True)
        case {"standing": "deactivate"}:
            registrar.set_active(user_id, active=False)
        case _:
            raise PreventUpdate


def _changed(registrar: Registrar, user_id: int, label: object, said: Language) -> Any:
    """Do what was clicked, and show what came of it."""
    match ctx.triggered_id:
        case "key-form":
            return admin_parts.secrets_box(admin_people.new_key(registrar, user_id, label), said)
        case "keys-rotate":
            return admin_parts.secrets_box(registrar.rotate_keys(user_id)[0], said)
        case {"revoke": int(key_id)} if 0 < key_id <= LARGEST_ID:
            return admin_parts.revoked_note(registrar.revoke_key(user_id, key_id), said)
        case _:
            raise PreventUpdate


def _person_id(search: object) -> int | None:
    """The person that the address names."""
    if not isinstance(search, str):
        return None
    value = parse_qs(search.removeprefix("?")).get("person", [""])[0]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None
