"""The Models & cost page: what each model costs, where the month is heading, and what the cache saves."""

from typing import Any

from dash import Dash, Output, html

from analytics_app.analysis import projection
from analytics_app.analysis.projection import Projection
from analytics_app.auth.guard import require_admin
from analytics_app.charts import theme
from analytics_app.charts.axes import dollar_ticks
from analytics_app.charts.month_cost import month_cost
from analytics_app.charts.stacked_days import Drawing, layers, stacked_days
from analytics_app.charts.theme import ChartStyle
from analytics_app.components import fact_tiles, legends, live, page_header, panels
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.pages.models import models_parts, models_tables
from analytics_app.pages.team import team_words
from analytics_app.view import View, current_view, note_names
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import ModelFigures
from db.usage.usage_records import Choices

ENTRY = Entry("/models", "Models & cost", "models")
PAGE = "models"
FACTS = 5
TABLES = models_tables.TABLES


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    return html.Div(
        [
            *page_header.components(PAGE, lang.text("Models & cost"), lang),
            html.Div(fact_tiles.skeleton(FACTS), id="models-facts", className="tiles five"),
            html.Div(_panels(view), className="panels"),
            html.Footer(id="models-words", className="coverage"),
        ],
        className="page",
    )


def _panels(view: View) -> list[html.Section]:
    lang = view.language
    shown = [
        panels.chart(
            "model-costs",
            lang.text("Estimated cost per day, by model"),
            note=lang.text("at list price"),
            summary=lang.text("Bar chart of cost per day by model; the table holds the same numbers"),
            language=lang,
        ),
        panels.chart(
            "month",
            lang.text("This month"),
            note="",
            summary=lang.text(
                "Line of the month's cost and its likely end; the table holds the same numbers"
            ),
            language=lang,
        ),
        panels.listing("model-list", lang.text("All models"), note="", language=lang),
    ]
    if view.account.is_admin:
        note = lang.text("estimated")
        shown.append(panels.listing("charges", lang.text("Charge-back"), note=note, language=lang))
    return shown


def register(app: Dash, service: Service) -> None:
    """One callback for what everybody sees, so all of it is of one moment, and one for the admin's list."""

    @app.callback(
        output={
            **page_header.outputs(PAGE),
            "facts": Output("models-facts", "children"),
            "costs": Output("model-costs-figure", "figure"),
            "costs_empty": Output("model-costs-empty", "children"),
            "costs_legend": Output("model-costs-legend", "children"),
            "month": Output("month-figure", "figure"),
            "month_empty": Output("month-empty", "children"),
            "month_legend": Output("month-legend", "children"),
            "list": Output("model-list-rows", "children"),
            "words": Output("models-words", "children"),
        },
        inputs=page_header.inputs(),
    )
    def show_models(search: object, theme_name: object, _news: object) -> dict[str, Any]:
        view = current_view(service, search)
        marker, chosen = live.marker(service), view.selection
        with service.database.snapshot() as snapshot:
            choices = page_header.choices(snapshot, view)
            rows = breakdowns.model_figures(snapshot, chosen.period, chosen.filters)
            days = usage_totals.list_team_days(snapshot, projection.asked(service.today()), chosen.filters)
        month = projection.project(models_tables.costs_of(days), service.today())
        look = ChartStyle(theme.palette(theme_name), view.language)
        return {
            **page_header.parts(view, choices, marker, path=ENTRY.path),
            **_costs(rows, view, choices, look),
            **_month(month, view, look),
            "facts": fact_tiles.shown(models_parts.facts_of(rows, month, view.language)),
            "words": _words(view),
        }

    _register_charges(app, service)


def _register_charges(app: Dash, service: Service) -> None:
    @app.callback(output=Output("charges-rows", "children"), inputs=page_header.inputs())
    def show_charges(search: object, _theme: object, _news: object) -> Any:
        require_admin()
        view = current_view(service, search)
        note_names(view)
        rows = breakdowns.charges(service.database, view.selection.period, view.selection.filters)
        return models_parts.charges(rows, view)


def _costs(rows: list[ModelFigures], view: View, choices: Choices, look: ChartStyle) -> dict[str, Any]:
    lang, days, today = look.language, view.selection.period.dates(), view.service.today()
    priced = [row for row in rows if row.cost_usd is not None]
    drawn = layers(((row.stat_date, row.model, float(row.cost_usd or 0)) for row in priced), days)
    shown = [layer.name for layer in drawn if layer.name is not None]
    drawing = Drawing(
        look=look,
        places=theme.apart(shown, theme.slots(choices.models)),
        nameless=lang.text("not reported"),
        exact=lambda cost: lang.money(models_tables.dollars(cost)),
        ticks=lambda most: dollar_ticks(most, lang),
    )
    missing = team_words.nothing(view, ever=bool(choices.models), path=ENTRY.path)
    return {
        "costs": stacked_days(drawn, days, today, drawing),
        "costs_empty": [] if priced else _no_price(view) if rows else missing,
        "costs_legend": legends.of_layers(drawn, drawing, provisional=today in days),
        "list": models_parts.models(rows, view) if rows else missing,
    }


def _no_price(view: View) -> html.Div:
    lang = view.language
    advice = lang.text("The list below names them and counts their tokens.")
    return panels.empty(lang.text("No model of this period has a known price"), advice)


def _month(month: Projection, view: View, look: ChartStyle) -> dict[str, Any]:
    lang = look.language
    nothing = panels.empty(
        lang.text("No known cost this month yet"),
        lang.text("It appears with the first session whose model has a price."),
    )
    names = {"accent": lang.text("so far")}
    if month.outlook:
        names["band"] = lang.text("likely, in four of five cases")
    return {
        "month": month_cost(month, view.service.today(), look),
        "month_empty": [] if month.to_date or month.outlook else nothing,
        "month_legend": legends.of(names),
    }


def _words(view: View) -> list[html.Span]:
    lang = view.language
    words = [
        lang.text("costs are estimates at list price; tokens without a price are left out"),
        lang.text(
            "likely: the month so far and, for each day left, the mean of its weekday in the last 28 days"
        ),
    ]
    return [html.Span(word) for word in words]
