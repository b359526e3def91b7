"""The filter bar: what a page is narrowed to is in its address, so a copied link shows the same view."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html

from analytics_app.analysis.measures import Measure
from analytics_app.components.browser import in_browser
from analytics_app.components.controls import segment, segment_kind, segments
from analytics_app.i18n.languages import Language
from db.records import Account, Choices, Filters
from db.usage.breakdown_records import Grain
from db.usage.periods import Period, last_days

RANGES = (7, 30, 90, 365)
DEFAULT_RANGE = 30
MAX_RANGE_DAYS = 3 * 366
MAX_NAME_LENGTH = 500
#: An id of a row: it always fits a 64-bit integer.
DIGITS = re.compile(r"[0-9]{1,18}")
#: What the Trends page can show, the default first, and the steps of time it shows it in.
MEASURES: tuple[Measure, ...] = get_args(Measure)
GRAINS: tuple[Grain, ...] = get_args(Grain)
#: Up to so many days are shown as days, up to so many as weeks, unless the address says otherwise.
MAX_DAYS, MAX_WEEK_DAYS = 100, 400
#: The value of "All" in a select, which can't show an empty one.
EVERYTHING = "*"


@dataclass(frozen=True)
class Selection:
    """The state of the filter bar: a period, and perhaps one project, one model or one person."""

    period: Period
    #: One of RANGES, or None for two days of the reader's own choice.
    days: int | None
    project: str | None = None
    model: str | None = None
    #: The user whose work is shown; always None in the view of someone who is no admin.
    person: int | None = None
    #: On the Tools page: the tool whose details are open.
    tool: str | None = None
    #: On the Trends page: what is shown, and in which steps; None = chosen by the length of the period.
    measure: Measure = MEASURES[0]
    grain: Grain | None = None

    @property
    def steps(self) -> Grain:
        """The steps of time that are shown."""
        if self.grain is not None:
            return self.grain
        if self.period.days <= MAX_DAYS:
            return "day"
        return "week" if self.period.days <= MAX_WEEK_DAYS else "month"

    @property
    def filters(self) -> Filters:
        """The part that narrows rows rather than days."""
        return Filters(project=self.project, model=self.model, user_id=self.person)

    @property
    def scope(self) -> tuple[Period, Filters]:
        """The days and the rows to read."""
        return self.period, self.filters

    @property
    def narrowed(self) -> bool:
        """Is this less than the whole team's work of the period?"""
        return (self.project, self.model, self.person) != (None, None, None)

    def unfiltered(self) -> "Selection":
        """The same view of all projects, models, people and tools."""
        return replace(self, project=None, model=None, person=None, tool=None)


def parse(search: object, today: date) -> Selection:
    """Read the query of an address; a field with an invalid value counts as absent."""
    query = parse_qs(search.removeprefix("?"), max_num_fields=None) if isinstance(search, str) else {}
    period, days = _period(query, today)
    return Selection(
        period,
        days,
        _name(query, "project"),
        _name(query, "model"),
        person=int(person) if DIGITS.fullmatch(person := _name(query, "person") or "") else None,
        tool=_name(query, "tool"),
        measure=next((known for known in MEASURES if known == _name(query, "measure")), MEASURES[0]),
        grain=next((known for known in GRAINS if known == _name(query, "steps")), None),
    )


def _period(query: dict[str, list[str]], today: date) -> tuple[Period, int | None]:
    first, last = _day(query, "from"), _day(query, "to")
    if first and last and first <= last <= today and (last - first).days < MAX_RANGE_DAYS:
        return Period(first, last), None
    requested = query.get("days", [""])[0]
    days = int(requested) if requested in {str(known) for known in RANGES} else DEFAULT_RANGE
    return last_days(days, today), days


def _day(query: dict[str, list[str]], name: str) -> date | None:
    try:
        day = date.fromisoformat(query.get(name, [""])[0])
    except ValueError:
        return None
    return day if day >= date(2020, 1, 1) else None


def _name(query: dict[str, list[str]], name: str) -> str | None:
    value = query.get(name, [""])[0].encode("utf-8", "replace").decode().replace("\0", "")[:MAX_NAME_LENGTH]
    return value if value and value != EVERYTHING else None


def query_of(selection: Selection) -> str:
    """The shortest address query that parses to this selection; empty for the default one."""
    chosen, usual = selection, selection.days is not None
    fields = {
        "from": None if usual else chosen.period.first.isoformat(),
        "to": None if usual else chosen.period.last.isoformat(),
        "days": chosen.days if chosen.days != DEFAULT_RANGE else None,
        "project": chosen.project,
        "model": chosen.model,
        "person": chosen.person,
        "tool": chosen.tool,
        "measure": chosen.measure if chosen.measure != MEASURES[0] else None,
        "steps": chosen.grain,
    }
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return f"?{urlencode(given)}" if given else ""


def summary(selection: Selection, lang: Language) -> str:
    """The whole bar in one line, for the button that opens it on a phone."""
    parts = [
        lang.text("{count} days", count=selection.period.days),
        *([lang.text("one person")] if selection.person is not None else []),
        selection.project or lang.text("all projects"),
        selection.model or lang.text("all models"),
    ]
    return " · ".join(parts)


def placeholder(page: str, lang: Language) -> html.Div:
    """The empty bar; a phone shows a button that opens it."""
    label = html.Span(lang.text("Filter"), id=f"{page}-filter-summary", className="filter-summary")
    button = html.Button(
        [label, html.Span(className="icon icon-chevron")],
        id="filter-button",
        className="control filter-button",
        type="button",
    )
    return html.Div(
        [button, html.Div(id=f"{page}-filter-bar", className="filter-bar")], id="filters", className="filters"
    )


def bar(selection: Selection, choices: Choices, today: date, *, path: str, lang: Language) -> list[Any]:
    """The controls, showing the selection; periods are plain links, names are native selects."""
    periods = [*period_links(selection, today, path, lang), _own_period(selection, today, lang)]
    return [
        segments(lang.text("Period"), periods),
        _select("project", lang.text("Project"), selection.project, choices.projects, lang),
        _select("model", lang.text("Model"), selection.model, choices.models, lang),
    ]


def person_choice(chosen: int | None, people: Sequence[Account], lang: Language) -> html.Label:
    """The control that narrows a page to one person, for admins."""
    names = {str(person.user_id): person.username for person in people}
    value = None if chosen is None else str(chosen)
    return _labelled_select("person", lang.text("Person"), value, names, lang)


def period_links(selection: Selection, today: date, path: str, lang: Language) -> list[dcc.Link]:
    """The usual periods that end today, the selected one marked."""
    return [
        segment(
            lang.text("{days} d", days=days),
            path + query_of(replace(selection, period=last_days(days, today), days=days)),
            active=selection.days == days,
            title=lang.text("The last {count} days", count=days),
        )
        for days in RANGES
    ]


def _own_period(selection: Selection, today: date, lang: Language) -> html.Details:
    """Two days of the reader's own choice."""
    chosen = selection.days is None
    name = lang.span(selection.period.first, selection.period.last) if chosen else lang.text("Custom")
    form = [
        _day_input("filter-from", lang.text("From"), selection.period.first, today),
        _day_input("filter-to", lang.text("To"), selection.period.last, today),
        dbc.Button(lang.text("Show"), id="filter-apply", color="primary", size="sm"),
    ]
    return html.Details(
        [
            html.Summary(name, className=segment_kind(chosen)),
            html.Div(form, className="popover-box range-form"),
        ],
        className="dropdown-box",
    )


def _day_input(identifier: str, title: str, value: date, today: date) -> html.Label:
    earliest = (today - timedelta(days=MAX_RANGE_DAYS)).isoformat()
    field = dbc.Input(
        id=identifier, type="date", value=value.isoformat(), min=earliest, max=today.isoformat(), size="sm"
    )
    return html.Label([html.Span(title), field])


def _select(name: str, title: str, chosen: str | None, names: list[str], lang: Language) -> html.Label:
    """A selected name that is not among the names is listed first."""
    known = [known for known in names if known]
    if chosen and chosen not in known:
        known.insert(0, chosen)
    return _labelled_select(name, title, chosen, {one: one for one in known}, lang)


def _labelled_select(
    name: str, title: str, chosen: str | None, names: Mapping[str, str], lang: Language
) -> html.Label:
    options = [{"label": lang.text("All"), "value": EVERYTHING}]
    options += [{"label": label, "value": value} for value, label in names.items()]
    select = dbc.Select(id=f"filter-{name}", options=options, value=chosen or EVERYTHING, size="sm")
    return html.Label([html.Span(title), select], className="control choice")


def register(app: Dash) -> None:
    """Controls write to the address in the browser; the callbacks of pages have the address as their input."""
    in_browser(
        app,
        "choose",
        Output("url", "search"),
        Input("filter-project", "value"),
        Input("filter-model", "value"),
        Input("filter-apply", "n_clicks"),
        State("filter-from", "value"),
        State("filter-to", "value"),
    )
    # Not with the others, since only an admin's bar has it.
    in_browser(
        app, "choosePerson", Output("url", "search", allow_duplicate=True), Input("filter-person", "value")
    )
    in_browser(
        app,
        "toggleFilters",
        Output("filters", "className"),
        Input("filter-button", "n_clicks"),
        Input("url", "search"),
        State("filters", "className"),
    )
