"""The Leaderboard page: participants see their rank among the others; others see only their own would-be rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate

from analytics_app.analysis import rankings
from analytics_app.analysis.data_table import DataTable
from analytics_app.analysis.rankings import MIN_SESSIONS, RANKINGS, RankedPerson, Ranking
from analytics_app.components import listings, live, page_header, panels
from analytics_app.components.attributes import attributes
from analytics_app.components.controls import csv_link
from analytics_app.components.panels import Tables
from analytics_app.components.shell import Entry
from analytics_app.components.tables import Exact, Field, bar, item_list
from analytics_app.context.current_user import current_account, require_admin
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from db.accounts import users
from db.usage import leaderboard, usage_totals
from db.usage.leaderboard import Members
from db.usage.usage_records import Standing

ENTRY = Entry("/leaderboard", "Leaderboard", "leaderboard")
SHOWN_RANKS = 10


@dataclass(frozen=True)
class Found:
    """All that the page says, read at one moment."""

    is_on: bool
    members: Members
    standings: list[Standing]


def layout(view: View) -> html.Div:
    """The page before the leaderboards have come; the height of its first line depends on its text."""
    lang, database = view.language, view.service.database
    found = Found(
        leaderboard.is_leaderboard_on(database), leaderboard.count_leaderboard_members(database), standings=[]
    )
    blank = [html.Section(className="panel skeleton board") for _ in RANKINGS]
    return html.Div(
        [
            html.Header(
                page_header.live_title("leaderboard", lang.text("Leaderboard")), className="page-head"
            ),
            html.Div(id="leaderboard-ranges", className="filters"),
            html.Div(_status(found, view), id="leaderboard-status", role="status"),
            html.Div(blank, id="leaderboards", className="boards"),
            dcc.Store(id="leaderboard-changed"),
            *live.components(),
        ],
        className="page leaderboards",
    )


def register(app: Dash, service: Service) -> None:
    """One callback shows the leaderboards, one lets people take part or leave, one is for admins."""

    @app.callback(
        Output("leaderboard-subtitle", "children"),
        Output("leaderboard-ranges", "children"),
        Output("leaderboard-status", "children"),
        Output("leaderboards", "children"),
        Input("url", "search"),
        Input("preference-marker", "data"),
        Input("leaderboard-changed", "data"),
    )
    def show_rankings(search: object, _news: object, _changed: object) -> tuple[Any, ...]:
        view = current_view(service, search, by_person=False)
        marker = live.marker(service)
        found = _read(view)
        return (
            _subtitle(view, marker),
            page_header.period_choice(view, ENTRY.path),
            _status(found, view),
            [_panel(ranking, found.standings, view) for ranking in RANKINGS] if found.is_on else [],
        )

    @app.callback(
        Output("leaderboard-changed", "data"),
        Input("leaderboard-part", "n_clicks"),
        prevent_initial_call=True,
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
        Output("leaderboard-changed", "data", allow_duplicate=True),
        Input("leaderboard-switch", "n_clicks"),
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
    """Who takes part, whether the reader does, and a button for each thing that they can change."""
    lang, takes_part = view.language, view.account.show_in_leaderboard
    count = lang.plural(
        "{count} of {known} takes part",
        "{count} of {known} take part",
        found.members.members,
        known=lang.number(found.members.people),
    )
    label, kind = "", ""
    if not found.is_on:
        title = lang.text("The leaderboard is switched off")
        hint = lang.text("An admin has switched it off for the whole team. Nobody is ranked.")
    elif takes_part:
        title = lang.text("You take part")
        hint = lang.text("Your name and your totals are seen by everybody who can log in.")
        label, kind = lang.text("Leave the leaderboard"), "button small"
    else:
        title = lang.text("You do not take part")
        hint = lang.text("Only you see where you would stand. Nobody else sees your name here.")
        label, kind = lang.text("Take part"), "button primary small"
    buttons = [html.Button(label, id="leaderboard-part", className=kind, type="button")] if label else []
    if view.account.is_admin:
        switch = lang.text("Switch off for all") if found.is_on else lang.text("Switch on for all")
        buttons.append(html.Button(switch, id="leaderboard-switch", className="button small", type="button"))
    details: list[Any] = [hint, " ", html.Span(f"{count}.")] if found.is_on else [hint]
    return html.Div(
        [
            html.Div([html.H2(title), html.P(details, className="dim")]),
            html.Div(buttons, className="buttons"),
        ],
        className="panel boards-line",
    )


def _panel(ranking: Ranking, standings: Sequence[Standing], view: View) -> html.Section:
    lang = view.language
    title, note = _title_and_note(ranking, lang)
    csv = html.Span(csv_link(f"board-{ranking.name}", lang), className="actions")
    head = html.Header([html.H2(title), html.Span(note, className="note"), csv], className="panel-head")
    ranked = rankings.ranked(ranking, standings)
    private = rankings.would_be(ranking, standings, view.account.user_id)
    body: list[Any] = [_table(title, ranking, ranked, view) if ranked else _nobody(ranking, lang)]
    if private:
        text = lang.text(
            "You would be at rank {rank} with {value}.",
            rank=lang.number(private.rank),
            value=_value(ranking, private.value, lang).shown,
        )
        only_you = lang.text("Only you see this.")
        body.append(html.P([html.Strong(text), " ", only_you], className="private"))
    return html.Section([head, *body], className="panel board", **attributes(aria_label=title))


def _title_and_note(ranking: Ranking, lang: Language) -> tuple[str, str]:
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
            "It takes {count} sessions, and a client that tells how its tool calls end.", count=MIN_SESSIONS
        ),
    }
    usual = lang.text("Those who take part appear with their first session of the period.")
    return panels.empty(lang.text("Nobody here yet"), advice.get(ranking.name, usual))


def _table(title: str, ranking: Ranking, ranked: Sequence[RankedPerson], view: View) -> html.Table:
    """The first ten, and the reader at whatever rank."""
    lang, reader = view.language, view.account.user_id
    shown = [*ranked[:SHOWN_RANKS], *(one for one in ranked[SHOWN_RANKS:] if one.user_id == reader)]
    # The bar of a share is relative to one, that of an amount to the largest.
    most = 1 if ranking.is_share else max((one.value for one in ranked), default=0) or 1
    return item_list(
        title,
        shown,
        Field(lang.text("Rank"), lambda one: lang.number(one.rank), "place"),
        Field(lang.text("Name"), lambda one: listings.person_name(one.username, one.user_id, view), "name"),
        Field("", lambda one: bar(one.value / most), ""),
        Field(title, lambda one: _value(ranking, one.value, lang)),
        marked=lambda one: one.user_id == reader,
        hide_titles=True,
    )


def _value(ranking: Ranking, value: float, lang: Language) -> Exact:
    """A share with its decimals, or a short amount with the exact one on hover."""
    if ranking.is_share:
        return Exact(lang.exact_percent(value), None)
    return listings.tokens(int(value), lang)


def _table_of(ranking: Ranking, view: View) -> DataTable:
    """All ranks of a leaderboard; a share with its decimals."""
    lang = view.language
    standings = leaderboard.list_standings(view.service.database, view.selection.period, view.account.user_id)
    return DataTable.of(
        rankings.ranked(ranking, standings),
        (lang.text("Rank"), lambda one: one.rank),
        (lang.text("Name"), lambda one: one.username),
        (_title_and_note(ranking, lang)[0], lambda one: one.value if ranking.is_share else int(one.value)),
    )


TABLES: Tables = {f"board-{ranking.name}": partial(_table_of, ranking) for ranking in RANKINGS}
