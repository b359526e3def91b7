"""The frame around every page: navigation, the person's menu, and the element that pages are loaded into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html
from flask_wtf.csrf import generate_csrf

from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.controls import segment_kind, segments
from analytics_app.context.view import View
from analytics_app.i18n.languages import LANGUAGES, Language
from db.accounts.account_records import Account

Section = Literal["team", "you", "admin"]


@dataclass(frozen=True)
class Entry:
    """One line of the navigation, and the address of its page."""

    path: str
    #: In English: the catalogue translates it.
    name: str
    icon: str
    section: Section = "team"
    #: False: not in the navigation, for other pages link to it.
    listed: bool = True

    def is_at(self, path: str) -> bool:
        """Is the page at that path? A path with a slash at its end includes every path below it."""
        below = len(self.path) > 1 and self.path.endswith("/")
        return path.startswith(self.path) if below else path == self.path

    def open_to(self, account: Account) -> bool:
        """Pages of the admin section are for admins; their callbacks check it again."""
        return self.section != "admin" or account.is_admin


def frame(view: View, entries: Sequence[Entry]) -> html.Div:
    """The frame, which stays while pages change."""
    lang = view.language
    title = view.service.settings.insights_title
    # The outline of a page is the same as in the first HTML, so nothing blinks in between.
    tiles = html.Div([html.Div(className="tile skeleton") for _ in range(5)], className="tiles")
    outline = html.Div([html.Div(className="skeleton-line"), tiles], className="page")
    return html.Div(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="theme"),
            dcc.Store(id="theme-choice"),
            html.A(lang.text("Skip to content"), href="#content", className="skip-link"),
            _top_bar(title, lang),
            html.Aside(
                [
                    _brand(title),
                    html.Nav(_sections(view, entries), **attributes(aria_label=lang.text("Pages"))),
                    html.Div(className="spring"),
                    _person_menu(view),
                ],
                id="side",
                className="side",
            ),
            html.Main(outline, id="content", className="content", tabIndex=-1),
            html.Div(
                lang.text("No connection. The page goes on by itself as soon as the server answers."),
                className="offline",
                role="status",
            ),
        ],
        className="frame",
    )


def _brand(title: str) -> html.Div:
    return html.Div(
        [html.Span(className="mark"), html.Span(title, className="brand-name")], className="brand"
    )


def _top_bar(title: str, lang: Language) -> html.Header:
    """The bar that a phone shows instead of the navigation."""
    button = html.Button(
        html.Span(className="icon icon-menu"),
        id="menu-button",
        className="icon-button",
        type="button",
        **attributes(aria_label=lang.text("Menu"), aria_controls="side"),
    )
    return html.Header([button, _brand(title)], className="top-bar")


def _sections(view: View, entries: Sequence[Entry]) -> list[html.Div]:
    titles = {"team": "", "you": view.language.text("You"), "admin": view.language.text("Admin")}
    shown = [entry for entry in entries if entry.listed and entry.open_to(view.account)]
    groups = {section: [entry for entry in shown if entry.section == section] for section in titles}
    return [
        html.Div(
            [
                html.Div(titles[section], className="nav-title") if titles[section] else None,
                *(_link(entry, view.language) for entry in group),
            ],
            className="nav-section",
        )
        for section, group in groups.items()
        if group
    ]


def _link(entry: Entry, lang: Language) -> dbc.NavLink:
    content = [
        html.Span(className=f"icon icon-{entry.icon}"),
        html.Span(lang.text(entry.name), className="nav-name"),
    ]
    # A page is also marked while one below its path is open.
    match = "exact" if entry.path == "/" else "partial"
    return dbc.NavLink(content, href=entry.path, active=match, class_name="nav-entry")


def _person_menu(view: View) -> html.Details:
    lang, account = view.language, view.account
    role = lang.text("Admin") if account.is_admin else lang.text("Member")
    summary = html.Summary(
        [
            html.Span(account.username[:1].upper(), className="avatar", **attributes(aria_hidden="true")),
            html.Span(
                [html.Span(account.username, className="who-name"), html.Span(role, className="who-role")],
                className="who",
            ),
            html.Span(className="icon icon-chevron up"),
        ],
        className="person",
    )
    logout = html.Form(
        [
            _hidden("csrf_token", generate_csrf()),
            html.Button(lang.text("Log out everywhere"), type="submit", className="menu-item"),
        ],
        action="/logout",
        method="POST",
    )
    return html.Details(
        [
            summary,
            html.Div([_theme_choice(lang), _language_form(lang), logout], className="popover-box above"),
        ],
        className="dropdown-box person-menu",
    )


def _theme_choice(lang: Language) -> html.Div:
    names = {"system": lang.text("System"), "light": lang.text("Light"), "dark": lang.text("Dark")}
    buttons = [
        html.Button(name, id=f"theme-{choice}", className=segment_kind(active=False), type="button")
        for choice, name in names.items()
    ]
    return html.Div(_menu_segments(lang.text("Theme"), buttons))


def _menu_segments(title: str, buttons: list[html.Button]) -> list[Any]:
    return [html.Span(title, className="menu-title"), segments(title, buttons)]


def _language_form(lang: Language) -> html.Form:
    """A plain form: the whole page comes back in the other language."""
    buttons = [
        html.Button(
            name,
            name="language",
            value=code,
            type="submit",
            lang=code,
            className=segment_kind(code == lang.code),
            **attributes(aria_pressed=str(code == lang.code).lower()),
        )
        for code, name in LANGUAGES.items()
    ]
    return html.Form(
        [
            *_menu_segments(lang.text("Language"), buttons),
            _hidden("csrf_token", generate_csrf()),
            _hidden("next", "/"),
        ],
        id="language-form",
        action="/language",
        method="POST",
    )


def _hidden(name: str, value: str) -> dcc.Input:
    return dcc.Input(type="hidden", name=name, value=value)


def missing(lang: Language) -> html.Div:
    """What is shown at an address that is no page, or not open to this person."""
    return html.Div(
        [
            html.H1(lang.text("There is no such page")),
            html.P(lang.text("The address may be mistyped, or the page is not for you.")),
            html.P(dcc.Link(lang.text("Go to the team page"), href="/")),
        ],
        className="missing",
    )


def register(app: Dash) -> None:
    """Theme, menu and tab title change in the browser alone."""
    in_browser(
        app,
        "chooseTheme",
        Output("theme", "data"),
        Output("theme-choice", "data"),
        Input("theme-system", "n_clicks"),
        Input("theme-light", "n_clicks"),
        Input("theme-dark", "n_clicks"),
        initial=True,
    )
    in_browser(
        app,
        "toggleMenu",
        Output("side", "className"),
        Input("menu-button", "n_clicks"),
        Input("url", "pathname"),
        initial=True,
    )
