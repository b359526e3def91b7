"""The leaderboards: who takes part sees where they stand among the others, who does not sees it alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate

from analytics_app.analysis import rankings
from analytics_app.analysis.rankings import BOARDS, FEWEST_SESSIONS, Board, Place
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
from db.records import Standing
from db.usage import leaderboard, usage_totals
from db.usage.leaderboard import Members

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
    said, database = view.language, view.service.database
    found = Found(leaderboard.is_on(database), leaderboard.members(database), standings=[])
    title = html.Div(
        [
            html.H1(said.text("Leaderboard")),
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
    def show_boards(search: object, _news: object, _changed: object) -> tuple[Any, ...]:
        view = current_view(service, search, by_person=False)
        marker = live.marker(service)
        found = _read(view)
        return (
            _subtitle(view, marker),
            ranges.links(view, ENTRY.path),
            _status(found, view),
            [_panel(board, found.standings, view) for board in BOARDS] if found.is_on else [],
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
    def switch_boards(clicks: object) -> str:
        actor = require_admin()
        if not clicks:
            raise PreventUpdate
        database = service.database
        leaderboard.switch(database, on=not leaderboard.is_on(database), actor_id=actor.user_id)
        return service.now().isoformat()


def _read(view: View) -> Found:
    with view.service.database.snapshot() as snapshot:
        return Found(
            is_on=leaderboard.is_on(snapshot),
            members=leaderboard.members(snapshot),
            standings=leaderboard.standings(snapshot, view.selection.period, view.account.user_id),
        )


def _subtitle(view: View, marker: str) -> list[Any]:
    said = view.language
    period = said.span(view.selection.period.first, view.selection.period.last)
    updated = said.text(
        "last updated {time}", time=view.moment(usage_totals.latest_change(view.service.database))
    )
    return [html.Span(f"{period} · {updated} · "), *live.shown(live.as_of(view), marker)]


def _status(found: Found, view: View) -> html.Div:
    """Who takes part, whether I do, and one click to change that."""
    said, taking_part = view.language, view.account.show_in_leaderboard
    if not found.is_on:
        words = [
            html.H2(said.text("The leaderboard is switched off")),
            html.P(
                said.text("An admin has switched it off for the whole team. Nobody is ranked."),
                className="dim",
            ),
        ]
        return _line(words, [_switch(found, said)] if view.account.is_admin else [])
    title = said.text("You take part") if taking_part else said.text("You do not take part")
    hint = (
        said.text("Your name and your totals are seen by everybody who can log in.")
        if taking_part
        else said.text("Only you see where you would stand. Nobody else sees your name here.")
    )
    count = said.plural(
        "{count} of {known} takes part",
        "{count} of {known} take part",
        found.members.members,
        known=said.number(found.members.people),
    )
    change = html.Button(
        said.text("Leave the leaderboard") if taking_part else said.text("Take part"),
        id="boards-part",
        className="button small" if taking_part else "button primary small",
        type="button",
    )
    words = [html.H2(title), html.P([hint, " ", html.Span(f"{count}.")], className="dim")]
    return _line(words, [change, _switch(found, said) if view.account.is_admin else None])


def _line(words: list[Any], buttons: list[Any]) -> html.Div:
    return html.Div([html.Div(words), html.Div(buttons, className="buttons")], className="panel boards-line")


def _switch(found: Found, said: Language) -> html.Button:
    """For admins alone; the callback checks it again."""
    name = said.text("Switch off for all") if found.is_on else said.text("Switch on for all")
    return html.Button(name, id="boards-switch", className="button small", type="button")


def _panel(board: Board, standings: Sequence[Standing], view: View) -> html.Section:
    said = view.language
    title, note = _words(board, said)
    csv = html.A(
        "CSV",
        href=f"/csv/board-{board.name}.csv",
        className="quiet",
        download=f"board-{board.name}.csv",
        title=said.text("Download these numbers as CSV"),
    )
    head = html.Header(
        [html.H2(title), html.Span(note, className="note"), html.Span(csv, className="actions")],
        className="panel-head",
    )
    places = rankings.places(board, standings)
    private = rankings.would_be(board, standings, view.account.user_id)
    body: list[Any] = [_table(title, board, places, view)] if places else [_nobody(board, said)]
    if private:
        body.append(_private(board, private, said))
    return html.Section([head, *body], className="panel board", **attributes(aria_label=title))


def _words(board: Board, said: Language) -> tuple[str, str]:
    few = said.text("{count} sessions or more", count=FEWEST_SESSIONS)
    return {
        "tokens": (said.text("Tokens"), said.text("in + out · cache not included")),
        "sessions": (said.text("Sessions"), ""),
        "active_days": (said.text("Active days"), said.text("days with a session")),
        "cache": (said.text("Read from the cache"), few),
        "success": (said.text("Calls without error"), few),
    }[board.name]


def _nobody(board: Board, said: Language) -> html.Div:
    advice = {
        "cache": said.text(
            "Those who take part appear with {count} sessions in the period.", count=FEWEST_SESSIONS
        ),
        "success": said.text(
            "It takes {count} sessions, and a client that tells how its tool calls end.",
            count=FEWEST_SESSIONS,
        ),
    }
    usual = said.text("Those who take part appear with their first session of the period.")
    return panels.empty(said.text("Nobody here yet"), advice.get(board.name, usual))


def _table(title: str, board: Board, places: Sequence[Place], view: View) -> html.Table:
    """The first ten, and me wherever I am."""
    said, me = view.language, view.account.user_id
    shown = [*places[:SHOWN_PLACES], *(place for place in places[SHOWN_PLACES:] if place.user_id == me)]
    # A share is one of all, an amount one of the largest.
    most = 1 if board.is_share else max((place.value for place in places), default=0) or 1
    names = (said.text("Rank"), said.text("Name"), "", title)
    head = html.Tr([html.Th(name, scope="col") if name else html.Td() for name in names])
    rows = [_row(place, place.value / most, board, view) for place in shown]
    return html.Table(
        [
            html.Caption(title, className="visually-hidden"),
            html.Thead(head, className="unseen"),
            html.Tbody(rows),
        ],
        className="listing",
    )


def _row(place: Place, share: float, board: Board, view: View) -> html.Tr:
    said, mine = view.language, place.user_id == view.account.user_id
    name = said.text("{name} (you)", name=place.username) if mine else place.username
    bar = html.Div(html.Div(style={"width": f"{max(share, 0.01) * 100:.1f}%"}), className="bar")
    return html.Tr(
        [
            html.Td(said.number(place.rank), className="place"),
            html.Td(name, className="name", title=place.username),
            html.Td(bar, **attributes(aria_hidden="true")),
            html.Td(
                _value(board, place.value, said), className="number", title=_exact(board, place.value, said)
            ),
        ],
        className="mine" if mine else "",
    )


def _value(board: Board, value: float, said: Language) -> str:
    return said.exact_percent(value) if board.is_share else said.compact(int(value))


def _exact(board: Board, value: float, said: Language) -> str | None:
    return None if board.is_share else said.number(int(value))


def _private(board: Board, place: Place, said: Language) -> html.P:
    words = said.text(
        "You would be at rank {rank} with {value}.",
        rank=said.number(place.rank),
        value=_value(board, place.value, said),
    )
    return html.P([html.Strong(words), " ", said.text("Only you see this.")], className="private")


def _table_of(board: Board, view: View) -> Table:
    """All places of a board; a share with its decimals."""
    said = view.language
    standings = leaderboard.standings(view.service.database, view.selection.period, view.account.user_id)
    rows = [
        (place.rank, place.username, place.value if board.is_share else int(place.value))
        for place in rankings.places(board, standings)
    ]
    return Table((said.text("Rank"), said.text("Name"), _words(board, said)[0]), tuple(rows))


TABLES: Tables = {f"board-{board.name}": partial(_table_of, board) for board in BOARDS}
