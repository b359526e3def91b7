"""The Projects page: what the team works on, day by day and in sum."""

from dash import Dash, html

from analytics_app.charts.stacked_days import SHOWN_LAYERS, TokenDays, layers
from analytics_app.components import panels, stat_tiles
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.pages.projects import projects_parts
from analytics_app.pages.team import team_messages
from analytics_app.view import View
from db.connection import Statements
from db.usage import breakdowns

ENTRY = Entry("/projects", "Projects", "projects")
TILES = 4
PAGE = FilteredPage(ENTRY, "projects", charts=("project-days",), parts=("project-list-rows",))


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    shown = [
        Panel(
            "project-days",
            lang.text("Tokens per day, by project"),
            lang.text("fresh in + out · cache not included"),
            lang.text("Bar chart of tokens per day by project; the table holds the same numbers"),
        ),
        Panel("project-list", lang.text("All projects"), lang.text("+ and tokens without a price")),
    ]
    tiles = stat_tiles.skeleton(PAGE.name, TILES, columns="four", kind="fact")
    return PAGE.layout(view, lang.text("Projects"), [tiles, panels.grid(shown, lang)])


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page."""
    PAGE.register(app, service, answer)


def answer(request: PageRequest) -> PageAnswer:
    """Read the projects, and make every part of the page."""
    db, view, choices = request.db, request.view, request.choices
    rows = projects_parts.read(db, view)
    empty = None if rows else team_messages.nothing(view, ever=bool(choices.models), path=ENTRY.path)
    return PageAnswer(
        tiles=projects_parts.tiles_of(rows, view.language),
        charts={"project-days": (read_days(db, view, choices.projects), empty)},
        parts={"project-list-rows": empty or projects_parts.listed(rows, view)},
    )


def read_days(db: Statements, view: View, by_use: list[str] | None = None) -> TokenDays:
    """Tokens per day, by project; `by_use` are the projects of a long period, most used first."""
    chosen, days = view.selection, view.selection.period.dates()
    rows = breakdowns.project_days(db, chosen.period, chosen.filters, apart=SHOWN_LAYERS)
    found = layers(((row.stat_date, row.project_name, row.tokens) for row in rows), days)
    return TokenDays(found, days, view.service.today(), view.language.text("no project"), by_use or [])


TABLES: Tables = {
    **panels.chart_tables({"project-days": read_days}),
    "project-list": projects_parts.table,
}
