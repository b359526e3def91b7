"""The query behind a chart: a program that computes the same numbers from the exported files."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import flask

from analytics_app.analysis import timeseries
from analytics_app.context.view import View
from db.accounts import users
from db.usage.periods import Period

FOLDER = Path(__file__).parents[1] / "templates" / "queries"
#: The panels that have one; a template each, which becomes a whole program in Polars.
NAMES = frozenset(path.stem for path in FOLDER.glob("*.txt"))


#: The panels whose days are not those of the filter bar.
SPANS: Mapping[str, Callable[[View], Period]] = {
    "trend": lambda view: timeseries.whole_steps(view.selection.period, view.selection.steps),
    "month": lambda view: Period(view.service.today().replace(day=1), view.service.today()),
}


def text(name: str, view: View) -> str:
    """The program for one panel under the filters of this view; empty for a panel that has none."""
    if name not in NAMES:
        return ""
    span = SPANS[name](view) if name in SPANS else view.selection.period
    return flask.render_template(
        f"queries/{name}.txt",
        first=span.first,
        last=span.last,
        # As Python literals: a name can't become code, whatever it holds.
        zone=json.dumps(view.service.settings.insights_timezone),
        chosen={
            column: json.dumps(value, ensure_ascii=False)
            for column, value in _filters(view).items()
            if value is not None
        },
        measure=view.selection.measure,
        grain=view.selection.steps,
    )


def _filters(view: View) -> dict[str, str | None]:
    selection, username = view.selection, None
    if selection.person is not None:
        person = users.fetch_account(view.service.database, selection.person)
        # An unknown person has no rows, rather than everybody's.
        username = person.username if person else ""
    return {
        "project_name": selection.project,
        "model": selection.model,
        "tool_name": selection.tool,
        "username": username,
    }
