"""The query behind a chart: the same numbers from the exported files, for whoever wants to go on from there."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import flask

from analytics_app.analysis import timeseries
from analytics_app.view import View
from db.accounts import users
from db.usage.periods import Period

FOLDER = Path(__file__).parents[1] / "templates" / "queries"
#: The panels that have one; a template each, which becomes a whole program in Polars.
NAMES = frozenset(path.stem for path in FOLDER.glob("*.txt"))


def _steps(view: View) -> Period:
    """Weeks and months are shown whole."""
    steps = timeseries.steps(view.selection.period, view.selection.steps)
    return Period(steps[0].first, steps[-1].last)


def _month(view: View) -> Period:
    today = view.service.today()
    return Period(today.replace(day=1), today)


#: Whose days are not those that are chosen above.
SPANS: Mapping[str, Callable[[View], Period]] = {"trend": _steps, "month": _month}


def text(name: str, view: View) -> str:
    """The program for one panel under the filters of this view; empty for a panel that has none."""
    if name not in NAMES:
        return ""
    span = SPANS[name](view) if name in SPANS else view.selection.period
    return flask.render_template(
        f"queries/{name}.txt",
        first=span.first,
        last=span.last,
        # As Python reads them: whatever a name holds, it stays a name.
        zone=json.dumps(view.service.settings.insights_timezone),
        chosen={
            column: json.dumps(value, ensure_ascii=False)
            for column, value in _chosen(view).items()
            if value is not None
        },
        measure=view.selection.measure,
        grain=view.selection.steps,
    )


def _chosen(view: View) -> dict[str, str | None]:
    selection = view.selection
    person = selection.person and users.fetch_account(view.service.database, selection.person)
    return {
        "project_name": selection.project,
        "model": selection.model,
        "tool_name": selection.tool,
        # Nobody's rows rather than everybody's, where there is no such person.
        "username": person.username if person else None if selection.person is None else "",
    }
