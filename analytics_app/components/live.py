"""New data shows up by itself: a page asks every other second whether anything changed, and only then loads."""

from dash import Dash, Input, Output, State, dcc, html, no_update

from analytics_app.context import Service
from analytics_app.view import View, current_view
from db.usage import usage_totals

ASK_EVERY_MS = 2_000


def marker(service: Service) -> str:
    """What is the same as long as no figure can have changed: the team day and the last change of a rollup."""
    # One row by its only key: cheap enough for every open page, every other second.
    changed = usage_totals.fetch_latest_change(service.database)
    return f"{service.today().isoformat()} {changed.isoformat() if changed else ''}"


def components() -> list[dcc.Interval | dcc.Store]:
    """What a live page carries, unseen."""
    return [
        dcc.Interval(id="tick", interval=ASK_EVERY_MS),
        dcc.Store(id="wanted-marker"),
    ]


def as_of(view: View) -> str:
    """When the page last knew its figures to be current."""
    return view.language.text("as of {time}", time=view.language.clock(view.service.now()))


def shown(lang: str, marker: str | None) -> list[html.Span | dcc.Store]:
    """What says so on the page, and remembers what was known then; a page puts it anew with its figures."""
    return [html.Span(lang, id="as-of"), dcc.Store(id="shown-marker", data=marker)]


def register(app: Dash, service: Service) -> None:
    """Ask cheaply; a page that listens to `wanted-marker` loads when it says something new."""

    @app.callback(
        Output("wanted-marker", "data"),
        Output("as-of", "children"),
        Input("tick", "n_intervals"),
        State("shown-marker", "data"),
        State("as-of", "children"),
        prevent_initial_call=True,
    )
    def ask_for_news(_ticks: object, shown: object, lang: object) -> tuple[object, object]:
        view = current_view(service)
        found, time = marker(service), as_of(view)
        return no_update if found == shown else found, no_update if time == lang else time
