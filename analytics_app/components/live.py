"""Live pages: every two seconds a page asks whether anything changed, and only then loads its figures."""

from dash import Dash, Input, Output, State, dcc, html, no_update

from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from db.usage import usage_totals

ASK_EVERY_MS = 2_000


def marker(service: Service) -> str:
    """A text that changes whenever a figure can have changed: the team day and the last change of a rollup."""
    # One row by its only key: cheap enough for every open page, every other second.
    changed = usage_totals.fetch_latest_change(service.database)
    return f"{service.today().isoformat()} {changed.isoformat() if changed else ''}"


def components() -> list[dcc.Interval | dcc.Store]:
    """The invisible parts of a live page: a clock, and the marker of what it should show."""
    return [dcc.Interval(id="tick", interval=ASK_EVERY_MS), dcc.Store(id="preference-marker")]


def as_of(view: View) -> str:
    """The time at which the page last knew that its figures are current."""
    return view.language.text("as of {time}", time=view.language.clock(view.service.now()))


def shown(text: str, marker: str | None) -> list[html.Span | dcc.Store]:
    """The text of `as_of`, and the marker of the figures on the page; a page replaces both with its figures."""
    return [html.Span(text, id="as-of"), dcc.Store(id="shown-marker", data=marker)]


def register(app: Dash, service: Service) -> None:
    """Ask cheaply whether anything changed; pages whose input is `preference-marker` then load their figures."""

    @app.callback(
        Output("preference-marker", "data"),
        Output("as-of", "children"),
        Input("tick", "n_intervals"),
        State("shown-marker", "data"),
        State("as-of", "children"),
        prevent_initial_call=True,
    )
    def ask_for_news(_ticks: object, shown: object, text: object) -> tuple[object, object]:
        view = current_view(service)
        found, time = marker(service), as_of(view)
        return no_update if found == shown else found, no_update if time == text else time
