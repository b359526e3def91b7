"""The filter bar: narrows a page to a period, a project, a model or a person, through the address of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html

from analytics_app.components.browser import in_browser
from analytics_app.components.controls import segment, segment_kind, segments
from analytics_app.context.selection import EVERYTHING, MAX_RANGE_DAYS, RANGES, Selection, query_of
from analytics_app.i18n.languages import Language
from db.accounts.account_records import Account
from db.usage.periods import last_days
from db.usage.usage_records import Choices


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
