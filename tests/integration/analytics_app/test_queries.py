"""The query under every chart, run as it stands over exported files, gives the numbers that the chart shows."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import flask
import polars as pl
import pytest

from analytics_app.analysis.data_table import DataTable
from analytics_app.app import PAGES
from analytics_app.components import queries
from analytics_app.context.config import AnalyticsSettings
from analytics_app.context.selection import MEASURES, parse
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n import languages
from db.accounts.account_records import Account
from db.usage import breakdowns
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.exported import ZONE, ExportedTeam

SEARCHES = [
    "",
    "?days=90",
    "?project=shop",
    "?model=claude-opus-4-8",
    "?days=7&project=docs&model=local-coder",
]
SOURCES = Path(queries.__file__).parents[1]

CHARGE = attrgetter(
    *("username", "project_name", "session_count", "tokens_in", "tokens_out", "cache_read_tokens"),
    *("cache_creation_tokens", "cost_usd", "unpriced_tokens"),
)
QUERY_REQUESTED = '{"panel":["MATCH"],"part":"query-requested"}.data'

#: Enough of the dashboard to fill in a query.
SERVER = flask.Flask("dashboard", template_folder=str(SOURCES / "templates"))

Rows = set[tuple[Any, ...]]


@dataclass(frozen=True)
class Team:
    """A made-up team, with its figures in the rollups and its rows in files."""

    server: flask.Flask
    service: Service
    reader: Account

    def view(self, search: str) -> View:
        """What an admin sees at this address."""
        selection = parse(search, self.service.today())
        return View(self.service, self.reader, languages.language("en"), selection)

    def run(self, name: str, view: View) -> pl.DataFrame:
        """What the query of a panel gives, run in the folder that holds the exports."""
        with self.server.app_context():
            program = queries.text(name, view)
        names: dict[str, Any] = {"print": lambda _shown: None}
        exec(program, names)  # noqa: S102 - that is what people do with it
        shown: pl.DataFrame = names["shown"]
        return shown


@pytest.fixture
def team(exported: ExportedTeam, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Where the exports are at hand."""
    monkeypatch.chdir(exported.folder)
    settings = AnalyticsSettings(secret_key="k" * 40, insights_timezone=ZONE)
    return Team(SERVER, Service(exported.database, settings, lambda: NOON), exported.people[0])


def plain(value: Any) -> Any:
    """Money and shares as numbers that can be compared; nobody's name and nothing's price as None."""
    if isinstance(value, float | Decimal):
        return round(float(value), 6)
    return None if value in ("", "no project", "not reported") else value


def rows(found: Any, *columns: int) -> Rows:
    """Rows of a table or a frame as a set, or some columns of them."""
    lines = found.rows if isinstance(found, DataTable) else found.rows()
    return {tuple(plain(line[column]) for column in columns or range(len(line))) for line in lines}


def unfolded(table: DataTable, first: int) -> Rows:
    """A table with a column for each name as rows of day, name and number, without noughts."""
    names = table.columns[first:]
    return {
        (line[0], plain(name), plain(value))
        for line in table.rows
        for name, value in zip(names, line[first:], strict=True)
        if value
    }


def nonzero(found: Rows) -> Rows:
    return {row for row in found if row[-1]}


TOOL = "&tool=Read"
#: The tables of all panels.
KNOWN = {name: table for page in PAGES for name, table in getattr(page, "TABLES", {}).items()}
#: What a panel's table says, and what must be the same in the answer of its query.
TABLES: dict[str, Callable[[View], Rows]] = {
    "tokens": lambda view: unfolded(KNOWN["tokens"](view), 2),
    "project-days": lambda view: unfolded(KNOWN["project-days"](view), 2),
    "hours": lambda view: {
        (weekday, hour, count)
        for weekday, line in enumerate(KNOWN["hours"](view).rows, start=1)
        for hour, count in enumerate(line[1:])
        if count
    },
    "leaderboard": lambda view: rows(KNOWN["leaderboard"](view), 1, 2, 3),
    "projects": lambda view: rows(KNOWN["projects"](view)),
    "tools": lambda view: rows(KNOWN["tools"](view), 0, 1, 2, 3, 4),
    "tool-list": lambda view: rows(KNOWN["tool-list"](view), 0, 1, 2, 3, 4),
    "servers": lambda view: rows(KNOWN["servers"](view), 0, 1, 2, 3, 4, 5),
    "tool-days": lambda view: {row for row in rows(KNOWN["tool-days"](view)) if row[1]},
    "tool-projects": lambda view: rows(KNOWN["tool-projects"](view), 0, 1, 2, 3, 4),
    "model-list": lambda view: rows(KNOWN["model-list"](view)),
    "project-list": lambda view: rows(KNOWN["project-list"](view)),
    "model-costs": lambda view: unfolded(KNOWN["model-costs"](view), 3),
}


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", TABLES)
def test_a_query_gives_the_numbers_of_its_table(team: Team, name: str, search: str) -> None:
    view = team.view((search or "?days=30") + TOOL)
    answer = team.run(name, view)

    found = rows(answer, 0, 1, 2) if name == "model-costs" else rows(answer)

    assert (nonzero(found) if name in ("tokens", "project-days", "model-costs") else found) == TABLES[name](
        view
    )


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_query_of_a_trend_gives_its_steps(team: Team, measure: str, grain: str) -> None:
    for search in ("", "?days=90&model=claude-opus-4-8"):
        view = team.view(f"{search or '?'}&measure={measure}&steps={grain}")
        shown = {(line[0], plain(line[2])) for line in KNOWN["trend"](view).rows if line[2]}

        assert {(step, _hours(value)) for step, value in nonzero(rows(team.run("trend", view)))} == {
            (step, _hours(value)) for step, value in shown
        }


def _hours(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


@pytest.mark.parametrize("search", SEARCHES)
def test_what_names_people_is_right_as_well(team: Team, search: str) -> None:
    view = team.view((search or "?days=30") + TOOL)
    database, chosen = team.service.database, view.selection
    charges = breakdowns.list_charges(database, chosen.period, chosen.filters)
    called = breakdowns.list_tool_people(database, chosen.period, chosen.filters, tool="Read", limit=99)

    assert rows(team.run("charges", view)) == {tuple(map(plain, CHARGE(one))) for one in charges}
    assert rows(team.run("tool-people", view)) == {
        (p.name, p.call_count, p.success_count, p.error_count, p.unreported_count) for p in called
    }


def test_one_persons_figures_are_that_persons(team: Team) -> None:
    view = team.view(f"?days=90&person={team.reader.user_id}")

    assert rows(team.run("tools", view)) == TABLES["tools"](view)
    assert team.run("charges", view)["username"].unique().to_list() == [team.reader.username]


@pytest.mark.parametrize("search", SEARCHES)
def test_errors_are_pooled_over_seven_days(team: Team, search: str) -> None:
    view = team.view(search)
    answer = team.run("error-rate", view)

    shares = answer.select("day", pl.col("errors_of_seven_days") / pl.col("known_of_seven_days"))
    assert rows(shares.fill_nan(None)) == rows(KNOWN["error-rate"](view), 0, 6)


def test_the_month_adds_up_day_by_day(team: Team) -> None:
    view = team.view("")
    so_far = {line[0]: plain(line[1]) for line in KNOWN["month"](view).rows if line[1] is not None}
    answer = rows(team.run("month", view).select("day", "so_far"))

    assert answer == {(day, so_far[day]) for day, _ in answer}
    assert max(cost for _, cost in answer) == max(so_far.values())


def test_a_name_cannot_leave_its_place(team: Team) -> None:
    view = team.view('?project="%5C").collect()%0Aimport os%0A("')

    assert team.run("tokens", view).is_empty()


def test_a_reader_is_shown_the_program_of_what_they_look_at(visit: Visit, bob: Account) -> None:
    asked = {"panel": "tokens", "search": "?project=shop"}
    answer = visit(bob).call('"part":"query"}.children', {QUERY_REQUESTED: asked})

    assert 'filter(pl.col(\\"project_name\\") == \\"shop\\")' in answer.text


def test_what_is_no_panel_has_no_program(visit: Visit, bob: Account) -> None:
    answer = visit(bob).call('"part":"query"}.children', {QUERY_REQUESTED: {"panel": "../index"}})

    assert answer.get_json()["response"] == {'{"panel":"tokens","part":"query"}': {"children": []}}
