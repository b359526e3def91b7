"""The Projects page: what the team works on, day by day and in sum."""

from typing import Any

from dash import Dash, Output, html

from analytics_app.charts import theme
from analytics_app.charts.stacked_days import SHOWN_LAYERS, layers, stacked_days
from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.tokens_per_day import tokens_drawing
from analytics_app.components import fact_tiles, legends, live, page_header, panels
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.projects import projects_parts
from analytics_app.pages.team import team_words
from analytics_app.pages.team.team_tables import MAX_ROWS
from analytics_app.view import View, current_view
from db.usage import breakdowns
from db.usage.breakdown_records import ProjectDay, ProjectFigures
from db.usage.usage_records import Choices

ENTRY = Entry("/projects", "Projects", "projects")
PAGE = "projects"
FACTS = 4
TABLES = projects_parts.TABLES


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    return html.Div(
        [
            *page_header.components(PAGE, lang.text("Projects"), lang),
            html.Div(fact_tiles.skeleton(FACTS), id="projects-facts", className="tiles four"),
            html.Div(_panels(lang), className="panels"),
        ],
        className="page",
    )


def _panels(lang: Language) -> list[html.Section]:
    return [
        panels.chart(
            "project-days",
            lang.text("Tokens per day, by project"),
            note=lang.text("fresh in + out · cache not included"),
            summary=lang.text("Bar chart of tokens per day by project; the table holds the same numbers"),
            language=lang,
        ),
        panels.listing(
            "project-list",
            lang.text("All projects"),
            note=lang.text("+ and tokens without a price"),
            language=lang,
        ),
    ]


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page, so all of it is of one moment."""

    @app.callback(
        output={
            **page_header.outputs(PAGE),
            "facts": Output("projects-facts", "children"),
            "days": Output("project-days-figure", "figure"),
            "days_empty": Output("project-days-empty", "children"),
            "days_legend": Output("project-days-legend", "children"),
            "list": Output("project-list-rows", "children"),
        },
        inputs=page_header.inputs(),
    )
    def show_projects(search: object, theme_name: object, _news: object) -> dict[str, Any]:
        view = current_view(service, search)
        marker, chosen = live.marker(service), view.selection
        with service.database.snapshot() as snapshot:
            choices = page_header.choices(snapshot, view)
            rows = breakdowns.project_figures(snapshot, chosen.period, chosen.filters, limit=MAX_ROWS)
            days = breakdowns.project_days(snapshot, chosen.period, chosen.filters, apart=SHOWN_LAYERS)
        return {
            **page_header.parts(view, choices, marker, path=ENTRY.path),
            **_sums(rows, view, choices),
            **_days(days, view, choices, theme.palette(theme_name)),
        }


def _sums(rows: list[ProjectFigures], view: View, choices: Choices) -> dict[str, Any]:
    missing = team_words.nothing(view, ever=bool(choices.models), path=ENTRY.path)
    return {
        "facts": fact_tiles.shown(projects_parts.facts_of(rows, view.language)),
        "list": projects_parts.listing(rows, view) if rows else missing,
        "days_empty": [] if rows else missing,
    }


def _days(rows: list[ProjectDay], view: View, choices: Choices, palette: theme.Palette) -> dict[str, Any]:
    days, today = view.selection.period.dates(), view.service.today()
    drawn = layers(((row.stat_date, row.project_name, row.tokens) for row in rows), days)
    shown = [layer.name for layer in drawn if layer.name is not None]
    places = theme.apart(shown, theme.slots(choices.projects))
    drawing = tokens_drawing(places, view.language.text("no project"), ChartStyle(palette, view.language))
    return {
        "days": stacked_days(drawn, days, today, drawing),
        "days_legend": legends.of_layers(drawn, drawing, provisional=today in days),
    }
