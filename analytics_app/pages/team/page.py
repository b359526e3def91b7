"""The Team page: what the whole team did in a period, and how much of it these figures cover."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from dash import Dash, Output, html

from analytics_app.charts import stacked_days, theme, tokens_per_day, working_hours
from analytics_app.charts.theme import ChartStyle
from analytics_app.components import legends, listings, live, page_header, panels, stat_tiles
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.team import team_cards, team_tables, team_words
from analytics_app.view import View, current_view
from db.connection import Statements
from db.usage import usage_totals
from db.usage.breakdown_records import ToolTotals
from db.usage.periods import Period
from db.usage.usage_records import Choices, Coverage, HourTotals, ModelDay, ProjectTotals, Rank, Totals

ENTRY = Entry("/", "Team", "team")
PAGE = "team"
MAX_RANKS = 1_000
TABLES = team_tables.TABLES


@dataclass(frozen=True)
class Figures:
    """All rows that the page draws, read once."""

    series: team_cards.PeriodSeries
    models: list[ModelDay]
    ranks: list[Rank]
    tools: list[ToolTotals]
    hours: list[HourTotals]
    projects: list[ProjectTotals]
    coverage: Coverage
    choices: Choices

    @cached_property
    def any_session(self) -> bool:
        """Is there anything to draw?"""
        return self.series.now.session_count > 0


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    return html.Div(
        [
            *page_header.components(PAGE, lang.text("Team"), lang),
            html.Div(stat_tiles.skeleton(team_cards.COUNT), id="cards", className="tiles"),
            html.P(id="compared", className="compared"),
            html.Div(_panels(lang), className="panels"),
            html.Footer(id="coverage", className="coverage"),
        ],
        className="page",
    )


def _panels(lang: Language) -> list[html.Section]:
    return [
        panels.chart(
            "tokens",
            lang.text("Tokens per day, by model"),
            note=lang.text("fresh in + out · cache not included"),
            summary=lang.text("Bar chart of tokens per day; the table holds the same numbers"),
            language=lang,
        ),
        panels.listing("leaderboard", lang.text("Leaderboard"), note="", language=lang),
        panels.chart(
            "hours",
            lang.text("When we work"),
            note="",
            summary=lang.text("Heat map of sessions by weekday and hour; the table holds the same numbers"),
            language=lang,
        ),
        panels.listing("tools", lang.text("Tools"), note=_tools_note(lang, None), language=lang),
        panels.listing("projects", lang.text("Projects"), note=lang.text("share of tokens"), language=lang),
    ]


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page, so all of it is of one moment."""

    @app.callback(
        output={
            **page_header.outputs(PAGE),
            "cards": Output("cards", "children"),
            "compared": Output("compared", "children"),
            "tokens": Output("tokens-figure", "figure"),
            "tokens_empty": Output("tokens-empty", "children"),
            "tokens_legend": Output("tokens-legend", "children"),
            "hours": Output("hours-figure", "figure"),
            "hours_empty": Output("hours-empty", "children"),
            "hours_legend": Output("hours-legend", "children"),
            "ranks": Output("leaderboard-rows", "children"),
            "ranks_note": Output("leaderboard-note", "children"),
            "tools": Output("tools-rows", "children"),
            "tools_note": Output("tools-note", "children"),
            "projects": Output("projects-rows", "children"),
            "coverage": Output("coverage", "children"),
        },
        inputs=page_header.inputs(),
    )
    def show_team(search: object, theme_name: object, _news: object) -> dict[str, Any]:
        view = current_view(service, search)
        # Read before the figures: what changes in between is asked for again, never missed.
        marker = live.marker(service)
        figures = read(view)
        head = page_header.parts(view, figures.choices, marker, path=ENTRY.path)
        return {**head, **answer(view, figures, theme.palette(theme_name))}


def read(view: View) -> Figures:
    """Ask the rollups, once per chart, for one moment."""
    with view.service.database.snapshot() as snapshot:
        return _read(snapshot, view)


def _read(db: Statements, view: View) -> Figures:
    period, narrowed = view.selection.period, view.selection.filters
    coverage = usage_totals.coverage(db, period)
    return Figures(
        series=_series(db, view, coverage),
        models=usage_totals.model_days(db, period, narrowed),
        ranks=usage_totals.leaderboard(db, period, limit=MAX_RANKS),
        tools=usage_totals.tool_totals(db, period, narrowed, limit=listings.SHOWN_TOOLS),
        hours=usage_totals.hour_totals(db, period, narrowed),
        projects=usage_totals.project_totals(db, period, narrowed, limit=listings.SHOWN_PROJECTS),
        coverage=coverage,
        choices=page_header.choices(db, view),
    )


def _series(db: Statements, view: View, coverage: Coverage) -> team_cards.PeriodSeries:
    """The days of this period and the one before, in one statement."""
    now, narrowed = view.selection.period, view.selection.filters
    days = usage_totals.list_team_days(db, Period(now.before().first, now.last), narrowed)

    def people(period: Period) -> int:
        if period == now and narrowed == usage_totals.EVERYTHING:
            return coverage.people_reporting
        return usage_totals.count_active_users(db, period, narrowed)

    def total(period: Period | None) -> Totals:
        own = [day for day in days if period and period.first <= day.stat_date <= period.last]
        return usage_totals.sum_days(own, people(period) if period else 0)

    full, before = compared(now, view.service.today())
    return team_cards.PeriodSeries(
        days=days[now.days :],
        now=total(now),
        full=total(full),
        before=total(before),
        full_days=full.days if full else 0,
    )


def compared(period: Period, today: date) -> tuple[Period | None, Period | None]:
    """The full days of a period, and those at the same places in the period before."""
    full, before = period.over(today), period.before()
    return full, full and Period(before.first, before.first + timedelta(days=full.days - 1))


def answer(view: View, figures: Figures, palette: theme.Palette) -> dict[str, Any]:
    """From the rows to every part of the page."""
    lang, selection = view.language, view.selection
    look = ChartStyle(palette, lang)
    today = view.service.today()
    missing = None if figures.any_session else team_words.nothing(view, ever=bool(figures.choices.models))
    return {
        "cards": [
            stat_tiles.shown(card, lang)
            for card in team_cards.cards_of(figures.series, figures.coverage, lang)
        ],
        "compared": team_words.comparison(*compared(selection.period, today), view),
        **_tokens(figures, view.selection.period.dates(), today, look),
        "tokens_empty": missing or [],
        **_hours(figures, look),
        "hours_empty": missing or [],
        **_ranks(figures, view),
        "tools": _tools(figures, view),
        "tools_note": _tools_note(lang, view.selection.model),
        "projects": listings.projects(figures.projects, figures.series.now.tokens, view)
        if figures.projects
        else panels.empty(
            lang.text("No projects"), lang.text("They appear with the first session of the period.")
        ),
        "coverage": team_words.coverage_line(figures.coverage, view),
    }


def _hours(figures: Figures, look: ChartStyle) -> dict[str, Any]:
    grid = working_hours.hour_grid(figures.hours)
    return {
        "hours": working_hours.working_hours(grid, look),
        "hours_legend": legends.of_heat(max(map(max, grid)), look.language),
    }


def _tokens(figures: Figures, days: list[date], today: date, look: ChartStyle) -> dict[str, Any]:
    layers = tokens_per_day.stacks(figures.models, days)
    shown = [layer.name for layer in layers if layer.name is not None]
    places = theme.apart(shown, theme.slots(figures.choices.models))
    drawing = tokens_per_day.tokens_drawing(places, look.language.text("not reported"), look)
    return {
        "tokens": stacked_days.stacked_days(layers, days, today, drawing),
        "tokens_legend": legends.of_layers(layers, drawing, provisional=today in days),
    }


def _ranks(figures: Figures, view: View) -> dict[str, Any]:
    lang, coverage = view.language, figures.coverage
    taking_part = lang.plural(
        "{count} of {known} takes part",
        "{count} of {known} take part",
        coverage.leaderboard_members,
        known=lang.number(coverage.people_known),
    )
    if figures.ranks:
        return {"ranks": listings.leaderboard(figures.ranks, view), "ranks_note": taking_part}
    advice = lang.text("Those who take part appear with their first session of the period.")
    return {"ranks": panels.empty(lang.text("Nobody here yet"), advice), "ranks_note": taking_part}


def _tools_note(lang: Language, model: str | None) -> str:
    """A call belongs to a session, not to a model: these figures stay as they are under a model's filter."""
    return lang.text("calls · without error · all models") if model else lang.text("calls · without error")


def _tools(figures: Figures, view: View) -> Any:
    if figures.tools:
        return listings.tools(figures.tools, view)
    advice = view.language.text("They appear as soon as a session reports its tools.")
    return panels.empty(view.language.text("No tool calls"), advice)
