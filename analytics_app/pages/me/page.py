"""The page Me: the reader's figures beside the team's average, their sessions, and their settings."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from analytics_app.auth import password_change
from analytics_app.auth.account_changes import MAX_ID, key_label, user_admin
from analytics_app.components import live, page_header, stat_tiles
from analytics_app.components.accounts.api_key_list import revoked, secrets_box
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.sections import panel_head
from analytics_app.components.shell import Entry
from analytics_app.context import form_actions
from analytics_app.context.current_user import current_account
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from analytics_app.pages.me import me_account, me_history, me_keys, me_privacy, me_sessions, own_figures
from analytics_app.pages.me.me_sessions import ListRequest, SessionPage
from analytics_app.pages.me.own_figures import TeamComparison
from db.accounts import users
from db.lifecycle import data_export, deletions
from db.lifecycle.deletions import delete_own_data

ENTRY = Entry("/me", "Me", "person", "you")


def layout(view: View) -> html.Div:
    """The page before its figures have come; the settings are there at once."""
    lang, database, account = view.language, view.service.database, view.account
    keys = [
        panel_head(lang.text("Keys")),
        html.Div(id="own-secret", **attributes(aria_live="polite")),
        html.Div(me_keys.panel(users.list_keys(database, account.user_id), view), id="own-keys"),
        me_keys.form(lang),
    ]
    privacy = html.Div(me_privacy.panel(account, lang), id="me-privacy")
    data = me_account.my_data(view, deletions.fetch_open_deletion(database, account.user_id))
    history = me_history.panel(data_export.list_own_audit_events(database, account.user_id), view)
    settings = [
        _section("privacy", lang.text("Privacy"), privacy, "panel whole"),
        _section("keys", lang.text("Keys"), keys),
        _section("data", lang.text("My data"), data),
        _section("profile", lang.text("Display"), me_account.preferences(view)),
        _section("password", lang.text("Password"), me_account.password(view)),
        _section("history", lang.text("History"), history, "panel whole"),
    ]
    return html.Div(
        [
            _head(lang),
            html.Div(id="me-ranges", className="filters"),
            stat_tiles.skeleton("me", own_figures.TILES),
            html.P(id="me-compared", className="compared"),
            me_sessions.panel(lang),
            html.Div(settings, className="decisions"),
            *live.components(),
        ],
        className="page me",
    )


def _head(lang: Language) -> html.Header:
    """The title, and links to the sections of the page."""
    names = {
        "sessions": lang.text("Sessions"),
        "privacy": lang.text("Privacy"),
        "keys": lang.text("Keys"),
        "data": lang.text("My data"),
        "profile": lang.text("Display"),
        "password": lang.text("Password"),
        "history": lang.text("History"),
    }
    links = [html.A(name, href=f"#{section}") for section, name in names.items()]
    jumps = html.Nav(links, className="jumps", **attributes(aria_label=lang.text("On this page")))
    return html.Header([page_header.live_title("me", lang.text("Me")), jumps], className="page-head")


def _section(name: str, title: str, content: Any, kind: str = "panel") -> html.Section:
    return html.Section(content, id=name, className=kind, **attributes(aria_label=title))


def register(app: Dash, service: Service) -> None:
    """Callbacks that read, then those that change; each concerns only the person who asks."""
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
        Input("preference-marker", "data"),
    )
    def show_me(search: object, _news: object) -> tuple[Any, ...]:
        view = current_view(service, search, by_person=False)
        lang, marker = view.language, live.marker(service)
        with service.database.snapshot() as snapshot:
            figures = TeamComparison.read(snapshot, view)
            sessions = SessionPage.read(snapshot, view.account.user_id, ListRequest.of(search))
        period = lang.span(view.selection.period.first, view.selection.period.last)
        return (
            [html.Span(f"{period} · "), *live.shown(live.as_of(view), marker)],
            page_header.period_choice(view, ENTRY.path),
            stat_tiles.tiles(own_figures.tiles(figures, lang), lang),
            own_figures.explanation(figures, lang),
            me_sessions.note(sessions, lang),
            me_sessions.rows(sessions, view),
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
        person, button = current_account(), form_actions.clicked()
        change: dict[str, Any]
        match button:
            case "me-leaderboard":
                change = {"show_in_leaderboard": not person.show_in_leaderboard}
            case {"level": name} if level := me_privacy.level_of(name):
                change = {"share_level": level}
            case _:
                raise PreventUpdate
        lang = current_view(service).language
        changed = users.change_settings(service.database, person.user_id, **change)
        return me_privacy.panel(changed.account, lang, me_privacy.notice(person, changed, lang))


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
        person, button = current_account(), form_actions.clicked()
        view, admin = current_view(service), user_admin(service, person)
        lang = view.language

        def change() -> Any:
            match button:
                case "own-key-form":
                    lifetime = me_keys.lifetime(end)
                    ends = service.now() + lifetime if lifetime else None
                    return secrets_box(admin.issue_key(person.user_id, key_label(label), ends), lang)
                case {"own-key": int(key_id)} if 0 < key_id <= MAX_ID:
                    return revoked(admin.revoke_key(person.user_id, key_id), lang)
                case _:
                    raise PreventUpdate

        shown = form_actions.outcome(change, lang)
        return me_keys.panel(users.list_keys(service.database, person.user_id), view), shown, ""


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
    def change_password(submits: object, old: object, new: object, repeated: object) -> tuple[str, ...]:
        person = current_account()
        if not submits:
            raise PreventUpdate
        lang = current_view(service).language
        _, problem = form_actions.attempt(
            lambda: password_change.change(service, person, old, new, repeated), lang
        )
        done = "" if problem else lang.text("Changed. All your other logins have ended.")
        return problem, done, "", "", ""


def _register_deletion(app: Dash, service: Service) -> None:
    @app.callback(
        Output("deletion-state", "children"),
        Output("deletion-name", "value"),
        Output("preference-marker", "data", allow_duplicate=True),
        Input("deletion-form", "n_submit"),
        State("deletion-name", "value"),
        prevent_initial_call=True,
    )
    def delete_all(submits: object, typed_name: object) -> tuple[Any, str, str]:
        person = current_account()
        if not submits:
            raise PreventUpdate
        lang = current_view(service).language
        if not isinstance(typed_name, str) or typed_name.strip() != person.username:
            problem = lang.text("That is not your name, so nothing was deleted.")
            return html.P(problem, className="problem"), "", live.marker(service)
        delete_own_data(service.database, person.user_id)
        state = deletions.fetch_open_deletion(service.database, person.user_id)
        return me_account.deletion_state(state, lang), "", live.marker(service)
