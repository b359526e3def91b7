"""The Models & cost page: what each model costs, the projected cost of the month, and what the cache saves."""

from collections import Counter
from datetime import date

from dash import Dash, html

from analytics_app.analysis import projection
from analytics_app.charts.month_cost import MonthCost
from analytics_app.charts.stacked_days import CostDays, layers
from analytics_app.components import panels
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest, TileRow
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n.languages import gettext_noop
from analytics_app.pages.models import models_parts
from analytics_app.pages.team import team_messages
from analytics_app.pages.team.team_tiles import known_cost
from db.connection import Statements
from db.usage import usage_totals
from db.usage.breakdown_records import ModelFigures

ENTRY = Entry("/models", "Models & cost", "models")
PAGE = FilteredPage(
    ENTRY,
    "models",
    tiles=TileRow(5, "five", "fact"),
    panels=(
        Panel(
            "model-costs",
            gettext_noop("Estimated cost per day, by model"),
            gettext_noop("at list price"),
            gettext_noop("Bar chart of cost per day by model; the table holds the same numbers"),
        ),
        Panel(
            "month",
            gettext_noop("This month"),
            summary=gettext_noop(
                "Line of the month's cost and its likely end; the table holds the same numbers"
            ),
        ),
        Panel("model-list", gettext_noop("All models")),
        Panel("charges", gettext_noop("Charge-back"), gettext_noop("estimated"), for_admins=True),
    ),
    has_footer=True,
)
layout = PAGE.layout


def register(app: Dash, service: Service) -> None:
    """One callback for what everybody sees, and one for the admin's list."""
    PAGE.register(app, service, answer)
    PAGE.register_admin_list(app, service, "charges", models_parts.charges)


def answer(request: PageRequest) -> PageAnswer:
    """Read the models and the month, and make every part of the page."""
    db, view, ever = request.db, request.view, bool(request.choices.models)
    lang, rows, month = view.language, models_parts.read_models(db, view), read_month(db, view)
    missing = team_messages.nothing(view, ever=ever, path=ENTRY.path)
    no_price = panels.empty(
        lang.text("No model of this period has a known price"),
        lang.text("The list below names them and counts their tokens."),
    )
    no_cost = panels.empty(
        lang.text("No known cost this month yet"),
        lang.text("It appears with the first session whose model has a price."),
    )
    priced = any(row.cost_usd is not None for row in rows)
    known = month.projection.to_date or month.projection.outlook
    notes = [
        lang.text("costs are estimates at list price; tokens without a price are left out"),
        lang.text(
            "likely: the month so far and, for each day left, the mean of its weekday in the last 28 days"
        ),
    ]
    return PageAnswer(
        tiles=models_parts.tiles_of(rows, month.projection, lang),
        charts={
            "model-costs": (
                _cost_days(rows, view, request.choices.models),
                None if priced else no_price if rows else missing,
            ),
            "month": (month, None if known else no_cost),
        },
        parts={
            "model-list-rows": models_parts.models(rows, view) if rows else missing,
            "models-footer": [html.Span(note) for note in notes],
        },
    )


def read_costs(db: Statements, view: View) -> CostDays:
    """Known costs per day, by model."""
    return _cost_days(models_parts.read_models(db, view), view, [])


def _cost_days(rows: list[ModelFigures], view: View, by_use: list[str]) -> CostDays:
    lang, days, unpriced = view.language, view.selection.period.dates(), Counter[date]()
    for row in rows:
        unpriced[row.stat_date] += row.unpriced_tokens
    found = layers(((row.stat_date, row.model, float(row.cost_usd or 0)) for row in rows), days)
    return CostDays(found, days, view.service.today(), lang.text("not reported"), by_use, unpriced)


def read_month(db: Statements, view: View) -> MonthCost:
    """The cost of the running month with its projection, under the filters of the view."""
    today = view.service.today()
    days = usage_totals.list_team_days(db, projection.required_days(today), view.selection.filters)
    costs = {day.stat_date: known_cost(day) for day in days}
    known = {day: None if cost is None else float(cost) for day, cost in costs.items()}
    return MonthCost(projection.project(known, today), today)


TABLES: Tables = {
    **panels.chart_tables({"model-costs": read_costs, "month": read_month}),
    "model-list": models_parts.models_table,
    "charges": models_parts.charges_table,
    "charges-people": models_parts.people_table,
    "charges-projects": models_parts.projects_table,
}
