"""The filter bar: what a team page is narrowed to lives in the address, so a copied link shows the same view."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html

from analytics_app.analysis.measures import Measure
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.i18n.languages import Language
from db.accounts.account_records import Account
from db.usage.breakdown_records import Grain
from db.usage.periods import Period, last_days
from db.usage.usage_records import Choices, Filters

RANGES = (7, 30, 90, 365)
USUAL_RANGE = 30
MAX_RANGE_DAYS = 3 * 366
MAX_NAME_LENGTH = 500
MAX_NUMBER_LENGTH = 18
#: What the Trends page can show, the usual one first, and the steps of time it shows it in.
MEASURES: tuple[Measure, ...] = get_args(Measure)
GRAINS: tuple[Grain, ...] = get_args(Grain)
#: Up to so many days are shown as days, up to so many as weeks, unless the reader chooses.
MAX_DAYS, MAX_WEEK_DAYS = 100, 400
#: The value of "All" in a select, which can't show an empty one.
EVERYTHING = "*"


@dataclass(frozen=True)
class Selection:
    """What the address asks for: a period, and perhaps one project, one model or one person."""

    period: Period
    #: One of RANGES, or None for a period of the reader's own.
    days: int | None
    project: str | None = None
    model: str | None = None
    #: Whose work is shown; for admins only, so a view of anybody else has none.
    person: int | None = None
    #: On the Tools page: the tool that is looked at.
    tool: str | None = None
    #: On the Trends page: what is shown, and in which steps; None = those that suit the period.
    measure: Measure = MEASURES[0]
    grain: Grain | None = None

    @property
    def steps(self) -> Grain:
        """The steps of time that are shown."""
        if self.grain is not None:
            return self.grain
        return (
            "day"
            if self.period.days <= MAX_DAYS
            else "week"
            if self.period.days <= MAX_WEEK_DAYS
            else "month"
        )

    @property
    def filters(self) -> Filters:
        """The part that narrows rows rather than days."""
        return Filters(project=self.project, model=self.model, user_id=self.person)

    @property
    def narrowed(self) -> bool:
        """Is this less than the whole team's work of the period?"""
        return (self.project, self.model, self.person) != (None, None, None)


def parse(search: object, today: date) -> Selection:
    """Read the query of an address; whatever it says wrongly counts as not said."""
    query = parse_qs(search.removeprefix("?"), max_num_fields=None) if isinstance(search, str) else {}
    period, days = _period(query, today)
    return Selection(
        period,
        days,
        _name(query, "project"),
        _name(query, "model"),
        person=_number(query, "person"),
        tool=_name(query, "tool"),
        measure=next((known for known in MEASURES if known == _name(query, "measure")), MEASURES[0]),
        grain=next((known for known in GRAINS if known == _name(query, "steps")), None),
    )


def _period(query: dict[str, list[str]], today: date) -> tuple[Period, int | None]:
    first, last = _day(query, "from"), _day(query, "to")
    if first and last and first <= last <= today and (last - first).days < MAX_RANGE_DAYS:
        return Period(first, last), None
    wanted = query.get("days", [""])[0]
    days = int(wanted) if wanted in {str(known) for known in RANGES} else USUAL_RANGE
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


def _number(query: dict[str, list[str]], name: str) -> int | None:
    value = query.get(name, [""])[0]
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= MAX_NUMBER_LENGTH else None


def query_of(selection: Selection) -> str:
    """The shortest address query that parses to this selection; empty for the usual one."""
    fields: dict[str, str] = {}
    if selection.days is None:
        fields |= {"from": selection.period.first.isoformat(), "to": selection.period.last.isoformat()}
    elif selection.days != USUAL_RANGE:
        fields["days"] = str(selection.days)
    fields |= {"project": selection.project} if selection.project else {}
    fields |= {"model": selection.model} if selection.model else {}
    fields |= {"person": str(selection.person)} if selection.person is not None else {}
    fields |= {"tool": selection.tool} if selection.tool else {}
    fields |= {"measure": selection.measure} if selection.measure != MEASURES[0] else {}
    fields |= {"steps": selection.grain} if selection.grain else {}
    return f"?{urlencode(fields)}" if fields else ""


def summary(selection: Selection, language: Language) -> str:
    """The whole bar in one line, as the phone's button says it."""
    parts = [
        language.text("{count} days", count=selection.period.days),
        *([language.text("one person")] if selection.person is not None else []),
        selection.project or language.text("all projects"),
        selection.model or language.text("all models"),
    ]
    return " · ".join(parts)


def placeholder(page: str, language: Language) -> html.Div:
    """The place of the bar; on a phone it is one button that opens it."""
    button = html.Button(
        [
            html.Span(language.text("Filter"), id=f"{page}-filter-summary", className="filter-summary"),
            html.Span(className="icon icon-chevron"),
        ],
        id="filter-button",
        className="control filter-button",
        type="button",
    )
    return html.Div(
        [button, html.Div(id=f"{page}-filter-bar", className="filter-bar")],
        id="filters",
        className="filters",
    )


def bar(selection: Selection, choices: Choices, today: date, *, path: str, language: Language) -> list[Any]:
    """The controls, showing the selection; ranges are plain links, names are native selects."""
    return [
        html.Div(
            [_range_link(selection, days, today, path, language) for days in RANGES]
            + [_own_range(selection, today, language)],
            className="segments",
            role="group",
            **attributes(aria_label=language.text("Period")),
        ),
        _choice("filter-project", language.text("Project"), selection.project, choices.projects, language),
        _choice("filter-model", language.text("Model"), selection.model, choices.models, language),
    ]


def person_choice(chosen: int | None, people: Sequence[Account], language: Language) -> html.Label:
    """One more control, for admins."""
    options = [{"label": language.text("All"), "value": EVERYTHING}]
    options += [{"label": person.username, "value": str(person.user_id)} for person in people]
    value = EVERYTHING if chosen is None else str(chosen)
    select = dbc.Select(id="filter-person", options=options, value=value, size="sm")
    return html.Label([html.Span(language.text("Person")), select], className="control choice")


def _range_link(selection: Selection, days: int, today: date, path: str, language: Language) -> dcc.Link:
    target = replace(selection, period=last_days(days, today), days=days)
    return dcc.Link(
        language.text("{days} d", days=days),
        href=path + query_of(target),
        className="segment active" if selection.days == days else "segment",
        title=language.text("The last {count} days", count=days),
    )


def _own_range(selection: Selection, today: date, language: Language) -> html.Details:
    chosen = selection.days is None
    name = language.span(selection.period.first, selection.period.last) if chosen else language.text("Custom")
    form = [
        _day_input("filter-from", language.text("From"), selection.period.first, today),
        _day_input("filter-to", language.text("To"), selection.period.last, today),
        dbc.Button(language.text("Show"), id="filter-apply", color="primary", size="sm"),
    ]
    return html.Details(
        [
            html.Summary(name, className="segment active" if chosen else "segment"),
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


def _choice(
    identifier: str, title: str, chosen: str | None, names: list[str], language: Language
) -> html.Label:
    known = [name for name in names if name]
    if chosen and chosen not in known:
        known.insert(0, chosen)
    options = [{"label": language.text("All"), "value": EVERYTHING}]
    options += [{"label": name, "value": name} for name in known]
    select = dbc.Select(id=identifier, options=options, value=chosen or EVERYTHING, size="sm")
    return html.Label([html.Span(title), select], className="control choice")


def register(app: Dash) -> None:
    """Controls write the address in the browser itself; the address is what pages listen to."""
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
    # Apart from the others, since only an admin's bar has it.
    in_browser(
        app,
        "choosePerson",
        Output("url", "search", allow_duplicate=True),
        Input("filter-person", "value"),
    )
    in_browser(
        app,
        "toggleFilters",
        Output("filters", "className"),
        Input("filter-button", "n_clicks"),
        Input("url", "search"),
        State("filters", "className"),
    )
