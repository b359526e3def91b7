"""A panel: one chart or list under its title, with the same numbers as a table and a CSV file, and their query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask
from dash import MATCH, Dash, Input, Output, dcc, html
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from analytics_app.analysis.data_table import DataTable
from analytics_app.charts import theme
from analytics_app.charts.chart import Chart, Legend
from analytics_app.components import queries, tables
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.controls import copy_button, csv_link
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from db.connection import Statements

#: Name of a panel → what reads the numbers of its table and CSV file for a view.
Tables = Mapping[str, Callable[[View], DataTable]]
#: Reads the rows of a chart for a view.
ChartReader = Callable[[Statements, View], Chart]
#: The limit of what a table or CSV file holds.
MAX_ROWS = 10_000
GRAPH_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False}


@dataclass(frozen=True)
class Panel:
    """The name of a panel and its texts, in English: the catalogue translates them."""

    name: str
    title: str
    note: str = ""
    #: What the chart shows, for those who do not see it; "" = the panel holds a list.
    summary: str = ""
    #: Does it name people? Then a callback of its own fills it.
    for_admins: bool = False

    @property
    def outputs(self) -> dict[str, str]:
        """The ids that a page fills, with the property of each."""
        if not self.summary:
            return {f"{self.name}-rows": "children"}
        parts = {"figure": "figure", "empty": "children", "legend": "children"}
        return {f"{self.name}-{part}": name for part, name in parts.items()}


def chart_tables(charts: Mapping[str, ChartReader]) -> Tables:
    """The tables of these charts, each from the rows that its figure is drawn from."""

    def table_of(read: ChartReader) -> Callable[[View], DataTable]:
        return lambda view: read(view.service.database, view).table(view.language)

    return {name: table_of(read) for name, read in charts.items()}


def sections(shown: Sequence[Panel], view: View) -> list[html.Section]:
    """The panels that are open to this person; assets/insights.css says how wide each of them is."""
    mine = (panel for panel in shown if view.account.is_admin or not panel.for_admins)
    return [section(panel, view.language) for panel in mine]


def section(panel: Panel, lang: Language) -> html.Section:
    """The panel on the page: a chart can be turned into its table; a list is its own chart."""
    name, title = panel.name, lang.text(panel.title)
    note = lang.text(panel.note) if panel.note else ""
    actions: list[Any] = [csv_link(name, lang)]
    if panel.summary:
        hint = lang.text("Download this chart as a picture")
        png = html.Button(
            "PNG", className="quiet to-table", type="button", title=hint, **attributes(data_png="")
        )
        actions = [_table_button(name, lang), *actions, png]
        body = [
            _chart_body(name, lang.text(panel.summary)),
            html.Div(id=f"{name}-legend", className="legend"),
        ]
    else:
        body = [html.Div(html.Div(className="skeleton fill"), id=f"{name}-rows", className="panel-body")]
    head = html.Header(
        [
            html.H2(title, id=f"{name}-title"),
            html.Span(note, id=f"{name}-note", className="note"),
            html.Span(actions, className="actions"),
        ],
        className="panel-head",
    )
    return html.Section(
        [head, *body, *_query(name, lang)],
        className=f"panel panel-{name}",
        **attributes(aria_label=title),
    )


def _chart_body(name: str, summary: str) -> html.Div:
    """The figure, what covers it while it is empty, and its table."""
    graph = dcc.Graph(id=f"{name}-figure", figure=theme.blank(), config=GRAPH_CONFIG, className="figure")
    return html.Div(
        [
            html.Div(graph, className="figure-box", role="img", **attributes(aria_label=summary)),
            html.Div(html.Div(className="skeleton fill"), id=f"{name}-empty", className="over"),
            html.Div(id={"panel": name, "part": "table"}, className="table-box", tabIndex=0),
            dcc.Store(id={"panel": name, "part": "requested"}),
        ],
        id={"panel": name, "part": "body"},
        className="panel-body",
    )


def _table_button(name: str, lang: Language) -> html.Button:
    labels = [
        html.Span(lang.text("Table"), className="to-table", title=lang.text("Show as table")),
        html.Span(lang.text("Chart"), className="to-chart", title=lang.text("Show as chart")),
    ]
    return html.Button(labels, id={"panel": name, "part": "toggle"}, className="quiet", type="button")


def _query(name: str, lang: Language) -> list[Any]:
    """A box with the program that computes the same numbers; opening it fetches the program."""
    if name not in queries.NAMES:
        return []
    summary = html.Summary(
        lang.text("Code"), id={"panel": name, "part": "ask"}, title=lang.text("Show the query")
    )
    shown = html.Div(id={"panel": name, "part": "query"})
    return [
        html.Details([summary, shown], className="query"),
        dcc.Store(id={"panel": name, "part": "query-requested"}),
    ]


def legend(shown: Legend) -> list[html.Span]:
    """The line below a chart: a swatch with each name, or a scale between its ends, and perhaps a note."""
    parts = [
        html.Span(
            [html.Span(className=f"swatch {kind}"), html.Span(name, className="legend-name", title=name)],
            className="legend-entry",
        )
        for kind, name in shown.swatches.items()
    ]
    if shown.scale:
        low, high = shown.scale
        ends = [html.Span(low), html.Span(className="heat"), html.Span(high)]
        parts.append(html.Span(ends, className="legend-entry"))
    if shown.note:
        parts.append(html.Span(shown.note, className="legend-note"))
    return parts


def empty(title: str, advice: Any) -> html.Div:
    """Instead of a chart or a list without anything in it: why, and what to do."""
    return html.Div([html.Strong(title), html.P(advice)], className="empty")


def register(app: Dash, service: Service, known: Tables) -> None:
    """One callback for the tables of all panels, one for their queries, and one route for their CSV files."""

    def table(name: str, view: View) -> Any:
        return tables.data_table(known[name](view), f"{name}-title", view.language)

    in_browser(
        app,
        "askForTable",
        Output({"panel": MATCH, "part": "requested"}, "data"),
        Output({"panel": MATCH, "part": "body"}, "className"),
        Input({"panel": MATCH, "part": "toggle"}, "n_clicks"),
        Input("url", "search"),
        Input("preference-marker", "data"),
    )
    _fetch_on_request(app, service, known, ("requested", "table"), table)
    in_browser(
        app,
        "askForQuery",
        Output({"panel": MATCH, "part": "query-requested"}, "data"),
        Input({"panel": MATCH, "part": "ask"}, "n_clicks"),
        Input("url", "search"),
    )
    _fetch_on_request(app, service, known, ("query-requested", "query"), _program)

    def download_csv(name: str) -> ResponseReturnValue:
        if name not in known:
            raise NotFound
        view = current_view(service, flask.request.query_string.decode("utf-8", "replace"))
        # The byte order mark lets spreadsheets read umlauts.
        content = "\ufeff" + known[name](view).csv()
        heading = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return flask.Response(content, mimetype="text/csv", headers=heading)

    app.server.add_url_rule("/csv/<name>.csv", view_func=download_csv)


def _fetch_on_request(
    app: Dash, service: Service, known: Tables, parts: tuple[str, str], content: Callable[[str, View], Any]
) -> None:
    """Fill the second part of a panel when its first part names the panel and the address."""
    request, target = ({"panel": MATCH, "part": part} for part in parts)

    @app.callback(Output(target, "children"), Input(request, "data"), prevent_initial_call=True)
    def fetch(requested: object) -> Any:
        fields = requested if isinstance(requested, dict) else {}
        name, view = fields.get("panel"), current_view(service, fields.get("search"))
        return content(name, view) if isinstance(name, str) and name in known else []


def _program(name: str, view: View) -> list[Any]:
    """The query of a panel, with a button that copies it."""
    lang, text = view.language, queries.text(name, view)
    if not text:
        return []
    return [
        html.P(lang.text("In Polars, over the exported files; days that are not exported yet are missing.")),
        html.Div(
            [html.Pre(html.Code(text, id=f"query-{name}"), tabIndex=0), copy_button(f"query-{name}", lang)],
            className="snippet",
        ),
    ]
