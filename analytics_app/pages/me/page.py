"""The Me page: my figures beside the team's average, my sessions, and everything that I decide about them."""

from datetime import timedelta
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.exceptions import PreventUpdate

from analytics_app.auth import password_change
from analytics_app.auth.guard import current_account
from analytics_app.components import live, page_header, stat_tiles
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_parts, admin_people
from analytics_app.pages.admin.admin_people import Unfit
from analytics_app.pages.me import me_account, me_figures, me_history, me_keys, me_privacy, me_sessions
from analytics_app.view import View, current_view
from db.accounts import users
from db.lifecycle import data_export, deletions
from db.lifecycle.deletions import delete_own_data

ENTRY = Entry("/me", "Me", "person", "you")
LARGEST_ID = 2**63 - 1


def layout(view: View) -> html.Div:
    """The page before its figures have come; what I decide is there at once."""
    lang = view.language
    return html.Div(
        [
            _head(lang),
            html.Div(id="me-ranges", className="filters"),
            stat_tiles.skeleton("me", me_figures.COUNT),
            html.P(id="me-compared", className="compared"),
            me_sessions.panel(lang),
            _decisions(view),
            *live.components(),
        ],
        className="page me",
    )


def _head(lang: Language) -> html.Header:
    jumps = {
        "sessions": lang.text("Sessions"),
        "privacy": lang.text("Privacy"),
        "keys": lang.text("Keys"),
        "data": lang.text("My data"),
        "profile": lang.text("Display"),
        "password": lang.text("Password"),
        "history": lang.text("History"),
    }
    links = [html.A(name, href=f"#{place}") for place, name in jumps.items()]
    title = html.Div(
        [html.H1(lang.text("Me")), html.P(live.shown("", None), id="me-subtitle", className="subtitle")]
    )
    return html.Header(
        [title, html.Nav(links, className="jumps", **attributes(aria_label=lang.text("On this page")))],
        className="page-head",
    )


def _decisions(view: View) -> html.Div:
    lang, database = view.language, view.service.database
    keys = users.list_keys(database, view.account.user_id)
    own_deletion = deletions.fetch_open_deletion(database, view.account.user_id)
    return html.Div(
        [
            html.Section(
                html.Div(me_privacy.panel(view.account, lang), id="me-privacy"),
                id="privacy",
                className="panel whole",
                **attributes(aria_label=lang.text("Privacy")),
            ),
            html.Section(
                [
                    html.Header(html.H2(lang.text("Keys")), className="panel-head"),
                    html.Div(id="own-secret", **attributes(aria_live="polite")),
                    html.Div(me_keys.panel(keys, view), id="own-keys"),
                    me_keys.form(lang),
                ],
                id="keys",
                className="panel",
                **attributes(aria_label=lang.text("Keys")),
            ),
            _section("data", lang.text("My data"), me_account.my_data(view, own_deletion)),
            _section("profile", lang.text("Display"), me_account.preferences(view)),
            _section("password", lang.text("Password"), me_account.password(view)),
            html.Section(
                me_history.panel(data_export.list_own_audit_events(database, view.account.user_id), view),
                id="history",
                className="panel whole",
                **attributes(aria_label=lang.text("History")),
            ),
        ],
        className="decisions",
    )


def _section(name: str, title: str, content: list[Any]) -> html.Section:
    return html.Section(content, id=name, className="panel", **attributes(aria_label=title))


def register(app: Dash, service: Service) -> None:
    """Callbacks that read, then those that change; each knows only the person who is asking."""
    _register_reading(app, service)
    _register_privacy(app, service)
    _register_keys(app, service)
    _register_password(app, service)
    _register_deletion(app, service)


def _register_reading(app: Dash, service: Service) -> None:
    @app.callback(
        Output("me-subtitle", "children"),
        Output("me-ranges", "children"),
        Output("me-tiles", "children"),
        Output("me-compared", "children"),
        Output("sessions-note", "children"),
        Output("sessions-rows", "children"),
        Input("url", "search"),
        Input("wanted-marker", "data"),
    )
    def show_me(search: object, _news: object) -> tuple[Any, ...]:
        view = current_view(service, search, by_person=False)
        lang, marker = view.language, live.marker(service)
        with service.database.snapshot() as snapshot:
            figures = me_figures.read(snapshot, view)
            listed = me_sessions.read(snapshot, view.account.user_id, me_sessions.place_of(search))
        period = lang.span(view.selection.period.first, view.selection.period.last)
        return (
            [html.Span(f"{period} · "), *live.shown(live.as_of(view), marker)],
            page_header.period_choice(view, ENTRY.path),
            stat_tiles.tiles(me_figures.cards_of(figures, lang), lang),
            me_figures.explanation(figures, lang),
            me_sessions.note(listed, lang),
            me_sessions.rows(listed, view),
        )

    in_browser(
        app,
        "searchSessions",
        Output("url", "search", allow_duplicate=True),
        Output("session-search", "value"),
        Input("session-search", "value"),
        initial=True,
    )


def _register_privacy(app: Dash, service: Service) -> None:
    @app.callback(
        Output("me-privacy", "children"),
        Input({"level": ALL}, "n_clicks"),
        Input("me-leaderboard", "n_clicks"),
        prevent_initial_call=True,
    )
    def change_privacy(_levels: object, _switches: object) -> Any:
        person = current_account()
        wanted = _clicked_setting(person.show_in_leaderboard)
        lang = current_view(service).language
        change = users.change_settings(service.database, person.user_id, **wanted)
        return me_privacy.panel(change.account, lang, me_privacy.notice(person, change, lang))


def _clicked_setting(taking_part: bool) -> dict[str, Any]:
    """The one setting that a click changes."""
    if not any(event["value"] for event in ctx.triggered):
        raise PreventUpdate
    match ctx.triggered_id:
        case "me-leaderboard":
            return {"show_in_leaderboard": not taking_part}
        case {"level": clicked} if level := me_privacy.level(clicked):
            return {"share_level": level}
        case _:
            raise PreventUpdate


def _register_keys(app: Dash, service: Service) -> None:
    @app.callback(
        Output("own-keys", "children"),
        Output("own-secret", "children"),
        Output("own-key-label", "value"),
        Input("own-key-form", "n_submit"),
        Input({"own-key": ALL}, "n_clicks"),
        State("own-key-label", "value"),
        State("own-key-end", "value"),
        prevent_initial_call=True,
    )
    def change_own_keys(_submits: object, _stops: object, label: object, end: object) -> tuple[Any, ...]:
        current_account()
        if not any(event["value"] for event in ctx.triggered):
            raise PreventUpdate
        view = current_view(service)
        shown = _changed_keys(view, label, me_keys.end_after(end))
        keys = users.list_keys(service.database, view.account.user_id)
        return me_keys.panel(keys, view), shown, ""


def _changed_keys(view: View, label: object, lasting: timedelta | None) -> Any:
    """Do what was clicked to the asking person's own keys, and show what came of it."""
    lang, person = view.language, view.account
    user_admin = admin_people.user_admin(view.service, person)
    match ctx.triggered_id:
        case "own-key-form":
            ends = view.service.now() + lasting if lasting else None
            try:
                return admin_parts.secrets_box(
                    admin_people.new_key(user_admin, person.user_id, label, ends), lang
                )
            except Unfit as problem:
                return html.P(lang.text(str(problem)), className="problem")
        case {"own-key": int(key_id)} if 0 < key_id <= LARGEST_ID:
            return admin_parts.revoked_note(user_admin.revoke_key(person.user_id, key_id), lang)
        case _:
            raise PreventUpdate


def _register_password(app: Dash, service: Service) -> None:
    @app.callback(
        Output("password-problem", "children"),
        Output("password-done", "children"),
        Output("password-old", "value"),
        Output("password-new", "value"),
        Output("password-again", "value"),
        Input("password-form", "n_submit"),
        State("password-old", "value"),
        State("password-new", "value"),
        State("password-again", "value"),
        prevent_initial_call=True,
    )
    def change_password(submits: object, old: object, new: object, again: object) -> tuple[str, ...]:
        person = current_account()
        if not submits:
            raise PreventUpdate
        lang = current_view(service).language
        try:
            password_change.change(service, person, old, new, again)
        except Unfit as problem:
            return lang.text(str(problem)), "", "", "", ""
        return "", lang.text("Changed. All your other logins have ended."), "", "", ""


def _register_deletion(app: Dash, service: Service) -> None:
    @app.callback(
        Output("deletion-state", "children"),
        Output("deletion-name", "value"),
        Output("wanted-marker", "data", allow_duplicate=True),
        Input("deletion-form", "n_submit"),
        State("deletion-name", "value"),
        prevent_initial_call=True,
    )
    def delete_all(submits: object, typed: object) -> tuple[Any, str, str]:
        person = current_account()
        if not submits:
            raise PreventUpdate
        lang = current_view(service).language
        if not isinstance(typed, str) or typed.strip() != person.username:
            problem = lang.text("That is not your name, so nothing was deleted.")
            return html.P(problem, className="problem"), "", live.marker(service)
        delete_own_data(service.database, person.user_id)
        state = deletions.fetch_open_deletion(service.database, person.user_id)
        return me_account.deletion_state(state, lang), "", live.marker(service)
