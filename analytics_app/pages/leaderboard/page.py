"""The leaderboards: who takes part sees where they stand among the others, who does not sees it alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate

from analytics_app.analysis import rankings
from analytics_app.analysis.rankings import BOARDS, MIN_SESSIONS, RankedPerson, Ranking
from analytics_app.auth.guard import current_account, require_admin
from analytics_app.components import live, panels, ranges
from analytics_app.components.attributes import attributes
from analytics_app.components.panels import Tables
from analytics_app.components.shell import Entry
from analytics_app.components.tables import Table
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.view import View, current_view
from db.accounts import users
from db.usage import leaderboard, usage_totals
from db.usage.leaderboard import Members
from db.usage.usage_records import Standing

ENTRY = Entry("/leaderboard", "Leaderboard", "leaderboard")
SHOWN_PLACES = 10


@dataclass(frozen=True)
class Found:
    """All that the page says, read at one moment."""

    is_on: bool
    members: Members
    standings: list[Standing]


def layout(view: View) -> html.Div:
    """The page before the boards have come; how high its first line is depends on what it says."""
    lang, database = view.language, view.service.database
    found = Found(
        leaderboard.is_leaderboard_on(database), leaderboard.count_leaderboard_members(database), standings=[]
    )
    title = html.Div(
        [
            html.H1(lang.text("Leaderboard")),
            html.P(live.shown("", None), id="boards-subtitle", className="subtitle"),
        ]
    )
    return html.Div(
        [
            html.Header(title, className="page-head"),
            html.Div(id="boards-ranges", className="filters"),
            html.Div(_status(found, view), id="boards-status", role="status"),
            html.Div(
                [html.Section(className="panel skeleton board") for _ in BOARDS],
                id="boards",
                className="boards",
            ),
            dcc.Store(id="boards-changed"),
            *live.components(),
        ],
        className="page leaderboards",
    )


def register(app: Dash, service: Service) -> None:
    """One callback shows the boards, one takes part or leaves, one is for admins."""

    @app.callback(
        Output("boards-subtitle", "children"),
        Output("boards-ranges", "children"),
        Output("boards-status", "children"),
        Output("boards", "children"),
        Input("url", "search"),
        Input("wanted-marker", "data"),
        Input("boards-changed", "data"),
    )
    def show_rankings(search: object, _news: object, _changed: object) -> tuple[Any, ...]:
        view = current_view(service, search, by_person=False)
        marker = live.marker(service)
        found = _read(view)
        return (
            _subtitle(view, marker),
            ranges.links(view, ENTRY.path),
            _status(found, view),
            [_panel(ranking, found.standings, view) for ranking in BOARDS] if found.is_on else [],
        )

    @app.callback(
        Output("boards-changed", "data"), Input("boards-part", "n_clicks"), prevent_initial_call=True
    )
    def take_part_or_leave(clicks: object) -> str:
        person = current_account()
        if not clicks:
            raise PreventUpdate
        users.change_settings(
            service.database, person.user_id, show_in_leaderboard=not person.show_in_leaderboard
        )
        return service.now().isoformat()

    @app.callback(
        Output("boards-changed", "data", allow_duplicate=True),
        Input("boards-switch", "n_clicks"),
        prevent_initial_call=True,
    )
    def switch_leaderboard(clicks: object) -> str:
        actor = require_admin()
        if not clicks:
            raise PreventUpdate
        database = service.database
        leaderboard.switch_leaderboard(
            database, on=not leaderboard.is_leaderboard_on(database), actor_id=actor.user_id
        )
        return service.now().isoformat()


def _read(view: View) -> Found:
    with view.service.database.snapshot() as snapshot:
        return Found(
            is_on=leaderboard.is_leaderboard_on(snapshot),
            members=leaderboard.count_leaderboard_members(snapshot),
            standings=leaderboard.list_standings(snapshot, view.selection.period, view.account.user_id),
        )


def _subtitle(view: View, marker: str) -> list[Any]:
    lang = view.language
    period = lang.span(view.selection.period.first, view.selection.period.last)
    updated = lang.text(
        "last updated {time}", time=view.moment(usage_totals.fetch_latest_change(view.service.database))
    )
    return [html.Span(f"{period} · {updated} · "), *live.shown(live.as_of(view), marker)]


def _status(found: Found, view: View) -> html.Div:
    """Who takes part, whether I do, and one click to change that."""
    lang, taking_part = view.language, view.account.show_in_leaderboard
    if not found.is_on:
        words = [
            html.H2(lang.text("The leaderboard is switched off")),
            html.P(
                lang.text("An admin has switched it off for the whole team. Nobody is ranked."),
                className="dim",
            ),
        ]
        return _line(words, [_switch(found, lang)] if view.account.is_admin else [])
    title = lang.text("You take part") if taking_part else lang.text("You do not take part")
    hint = (
        lang.text("Your name and your totals are seen by everybody who can log in.")
        if taking_part
        else lang.text("Only you see where you would stand. Nobody else sees your name here.")
    )
    count = lang.plural(
        "{count} of {known} takes part",
        "{count} of {known} take part",
        found.members.members,
        known=lang.number(found.members.people),
    )
    change = html.Button(
        lang.text("Leave the leaderboard") if taking_part else lang.text("Take part"),
        id="boards-part",
        className="button small" if taking_part else "button primary small",
        type="button",
    )
    words = [html.H2(title), html.P([hint, " ", html.Span(f"{count}.")], className="dim")]
    return _line(words, [change, _switch(found, lang) if view.account.is_admin else None])


def _line(words: list[Any], buttons: list[Any]) -> html.Div:
    return html.Div([html.Div(words), html.Div(buttons, className="buttons")], className="panel boards-line")


def _switch(found: Found, lang: Language) -> html.Button:
    """For admins alone; the callback checks it again."""
    name = lang.text("Switch off for all") if found.is_on else lang.text("Switch on for all")
    return html.Button(name, id="boards-switch", className="button small", type="button")


def _panel(ranking: Ranking, standings: Sequence[Standing], view: View) -> html.Section:
    lang = view.language
    title, note = _words(ranking, lang)
    csv = html.A(
        "CSV",
        href=f"/csv/board-{ranking.name}.csv",
        className="quiet",
        download=f"board-{ranking.name}.csv",
        title=lang.text("Download these numbers as CSV"),
    )
    head = html.Header(
        [html.H2(title), html.Span(note, className="note"), html.Span(csv, className="actions")],
        className="panel-head",
    )
    places = rankings.places(ranking, standings)
    private = rankings.would_be(ranking, standings, view.account.user_id)
    body: list[Any] = [_table(title, ranking, places, view)] if places else [_nobody(ranking, lang)]
    if private:
        body.append(_private(ranking, private, lang))
    return html.Section([head, *body], className="panel board", **attributes(aria_label=title))


def _words(ranking: Ranking, lang: Language) -> tuple[str, str]:
    few = lang.text("{count} sessions or more", count=MIN_SESSIONS)
    return {
        "tokens": (lang.text("Tokens"), lang.text("in + out · cache not included")),
        "sessions": (lang.text("Sessions"), ""),
        "active_days": (lang.text("Active days"), lang.text("days with a session")),
        "cache": (lang.text("Read from the cache"), few),
        "success": (lang.text("Calls without error"), few),
    }[ranking.name]


def _nobody(ranking: Ranking, lang: Language) -> html.Div:
    advice = {
        "cache": lang.text(
            "Those who take part appear with {count} sessions in the period.", count=MIN_SESSIONS
        ),
        "success": lang.text(
            "It takes {count} sessions, and a client that tells how its tool calls end.",
            count=MIN_SESSIONS,
        ),
    }
    usual = lang.text("Those who take part appear with their first session of the period.")
    return panels.empty(lang.text("Nobody here yet"), advice.get(ranking.name, usual))


def _table(title: str, ranking: Ranking, places: Sequence[RankedPerson], view: View) -> html.Table:
    """The first ten, and me wherever I am."""
    lang, me = view.language, view.account.user_id
    shown = [*places[:SHOWN_PLACES], *(place for place in places[SHOWN_PLACES:] if place.user_id == me)]
    # A share is one of all, an amount one of the largest.
    most = 1 if ranking.is_share else max((place.value for place in places), default=0) or 1
    names = (lang.text("Rank"), lang.text("Name"), "", title)
    head = html.Tr([html.Th(name, scope="col") if name else html.Td() for name in names])
    rows = [_row(place, place.value / most, ranking, view) for place in shown]
    return html.Table(
        [
            html.Caption(title, className="visually-hidden"),
            html.Thead(head, className="unseen"),
            html.Tbody(rows),
        ],
        className="listing",
    )


def _row(place: RankedPerson, share: float, ranking: Ranking, view: View) -> html.Tr:
    lang, mine = view.language, place.user_id == view.account.user_id
    name = lang.text("{name} (you)", name=place.username) if mine else place.username
    bar = html.Div(html.Div(style={"width": f"{max(share, 0.01) * 100:.1f}%"}), className="bar")
    return html.Tr(
        [
            html.Td(lang.number(place.rank), className="place"),
            html.Td(name, className="name", title=place.username),
            html.Td(bar, **attributes(aria_hidden="true")),
            html.Td(
                _value(ranking, place.value, lang),
                className="number",
                title=_exact(ranking, place.value, lang),
            ),
        ],
        className="mine" if mine else "",
    )


def _value(ranking: Ranking, value: float, lang: Language) -> str:
    return lang.exact_percent(value) if ranking.is_share else lang.compact(int(value))


def _exact(ranking: Ranking, value: float, lang: Language) -> str | None:
    return None if ranking.is_share else lang.number(int(value))


def _private(ranking: Ranking, place: RankedPerson, lang: Language) -> html.P:
    words = lang.text(
        "You would be at rank {rank} with {value}.",
        rank=lang.number(place.rank),
        value=_value(ranking, place.value, lang),
    )
    return html.P([html.Strong(words), " ", lang.text("Only you see this.")], className="private")


def _table_of(ranking: Ranking, view: View) -> Table:
    """All places of a board; a share with its decimals."""
    lang = view.language
    standings = leaderboard.list_standings(view.service.database, view.selection.period, view.account.user_id)
    rows = [
        (place.rank, place.username, place.value if ranking.is_share else int(place.value))
        for place in rankings.places(ranking, standings)
    ]
    return Table((lang.text("Rank"), lang.text("Name"), _words(ranking, lang)[0]), tuple(rows))


TABLES: Tables = {f"board-{ranking.name}": partial(_table_of, ranking) for ranking in BOARDS}
