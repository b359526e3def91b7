"""A panel: one chart under its title, the same numbers as a table, their CSV, and the query that gives them."""

from collections.abc import Callable, Mapping
from typing import Any

import flask
from dash import MATCH, Dash, Input, Output, dcc, html
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from analytics_app.charts import theme
from analytics_app.components import queries, tables
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.tables import Table
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.view import View, current_view

#: Name of a table → what makes it for a view.
Tables = Mapping[str, Callable[[View], Table]]
GRAPH_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False}


def chart(name: str, title: str, *, note: str, summary: str, language: Language) -> html.Section:
    """A panel around a Plotly chart, with a button that shows its table instead."""
    toggle = html.Button(
        [
            html.Span(language.text("Table"), className="to-table", title=language.text("Show as table")),
            html.Span(language.text("Chart"), className="to-chart", title=language.text("Show as chart")),
        ],
        id={"panel": name, "part": "toggle"},
        className="quiet",
        type="button",
    )
    graph = dcc.Graph(id=f"{name}-figure", figure=theme.blank(), config=GRAPH_CONFIG, className="figure")
    return html.Section(
        [
            _head(name, title, note, [toggle, _csv_link(name, language), _png_button(language)]),
            html.Div(
                [
                    html.Div(graph, className="figure-box", role="img", **attributes(aria_label=summary)),
                    html.Div(html.Div(className="skeleton fill"), id=f"{name}-empty", className="over"),
                    html.Div(id={"panel": name, "part": "table"}, className="table-box", tabIndex=0),
                    dcc.Store(id={"panel": name, "part": "asked"}),
                ],
                id={"panel": name, "part": "body"},
                className="panel-body",
            ),
            html.Div(id=f"{name}-legend", className="legend"),
            *_query(name, language),
        ],
        className=f"panel panel-{name}",
        **attributes(aria_label=title),
    )


def listing(name: str, title: str, *, note: str, language: Language) -> html.Section:
    """A panel around a table that is its own chart, with bars in its rows."""
    rows = html.Div(html.Div(className="skeleton fill"), id=f"{name}-rows", className="panel-body")
    return html.Section(
        [_head(name, title, note, [_csv_link(name, language)]), rows, *_query(name, language)],
        className=f"panel panel-{name}",
        **attributes(aria_label=title),
    )


def _head(name: str, title: str, note: str, actions: list[Any]) -> html.Header:
    lang = html.Span(note, id=f"{name}-note", className="note")
    return html.Header(
        [html.H2(title, id=f"{name}-title"), lang, html.Span(actions, className="actions")],
        className="panel-head",
    )


def _query(name: str, language: Language) -> list[Any]:
    """What opens to the program that gives the same numbers; it is fetched when it is wanted."""
    if name not in queries.NAMES:
        return []
    summary = html.Summary(
        language.text("Code"), id={"panel": name, "part": "ask"}, title=language.text("Show the query")
    )
    shown = html.Div(id={"panel": name, "part": "query"})
    return [
        html.Details([summary, shown], className="query"),
        dcc.Store(id={"panel": name, "part": "query-asked"}),
    ]


def _program(name: str, text: str, lang: Language) -> list[Any]:
    copy = attributes(data_copy=f"query-{name}", data_done=lang.text("Copied"))
    return [
        html.P(lang.text("In Polars, over the exported files; days that are not exported yet are missing.")),
        html.Div(
            [
                html.Pre(html.Code(text, id=f"query-{name}"), tabIndex=0),
                html.Button(lang.text("Copy"), className="button small", type="button", **copy),
            ],
            className="snippet",
        ),
    ]


def _csv_link(name: str, language: Language) -> html.A:
    return html.A(
        "CSV",
        id={"panel": name, "part": "csv"},
        href=f"/csv/{name}.csv",
        className="quiet",
        download=f"{name}.csv",
        title=language.text("Download these numbers as CSV"),
    )


def _png_button(language: Language) -> html.Button:
    hint = language.text("Download this chart as a picture")
    return html.Button(
        "PNG", className="quiet to-table", type="button", title=hint, **attributes(data_png="")
    )


def empty(title: str, advice: Any) -> html.Div:
    """Instead of a chart without anything in it: why, and what to do."""
    return html.Div([html.Strong(title), html.P(advice)], className="empty")


def register(app: Dash, service: Service, known: Tables) -> None:
    """One callback for the tables of all panels, one for their queries, and one route for their CSV."""

    in_browser(
        app,
        "askForTable",
        Output({"panel": MATCH, "part": "asked"}, "data"),
        Output({"panel": MATCH, "part": "body"}, "className"),
        Input({"panel": MATCH, "part": "toggle"}, "n_clicks"),
        Input("url", "search"),
        Input("wanted-marker", "data"),
    )

    @app.callback(
        Output({"panel": MATCH, "part": "table"}, "children"),
        Input({"panel": MATCH, "part": "asked"}, "data"),
        prevent_initial_call=True,
    )
    def show_table(asked: object) -> Any:
        name, search = (asked.get("panel"), asked.get("search")) if isinstance(asked, dict) else (None, None)
        view = current_view(service, search)
        if not isinstance(name, str) or name not in known:
            return []
        return tables.shown(known[name](view), f"{name}-title", view.language)

    in_browser(
        app,
        "askForQuery",
        Output({"panel": MATCH, "part": "query-asked"}, "data"),
        Input({"panel": MATCH, "part": "ask"}, "n_clicks"),
        Input("url", "search"),
    )

    @app.callback(
        Output({"panel": MATCH, "part": "query"}, "children"),
        Input({"panel": MATCH, "part": "query-asked"}, "data"),
        prevent_initial_call=True,
    )
    def show_query(asked: object) -> Any:
        name, search = (asked.get("panel"), asked.get("search")) if isinstance(asked, dict) else (None, None)
        view = current_view(service, search)
        if not isinstance(name, str) or name not in known or name not in queries.NAMES:
            return []
        return _program(name, queries.text(name, view), view.language)

    def download_csv(name: str) -> ResponseReturnValue:
        if name not in known:
            raise NotFound
        view = current_view(service, flask.request.query_string.decode("utf-8", "replace"))
        # The mark in front lets spreadsheets read umlauts.
        content = "\ufeff" + tables.csv_text(known[name](view))
        heading = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return flask.Response(content, mimetype="text/csv", headers=heading)

    app.server.add_url_rule("/csv/<name>.csv", view_func=download_csv)
