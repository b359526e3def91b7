"""The head of every page with a filter bar: its title, the period and time of its figures, and what keeps it live."""

from typing import Any

from dash import Input, html

from analytics_app.components import filters, live
from analytics_app.components.attributes import attributes
from analytics_app.components.controls import segments
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from db.accounts import users
from db.connection import Statements
from db.usage import usage_totals
from db.usage.periods import last_days
from db.usage.usage_records import Choices

#: So many days of models and projects can be chosen, and keep their colours.
CHOICE_DAYS = 365


def components(page: str, title: str, lang: Language) -> list[Any]:
    """The head before the figures have come; the ids that a page's callback writes to start with its name."""
    content = [html.Span(className="icon icon-link"), html.Span(lang.text("Copy link"))]
    done = attributes(data_done=lang.text("Copied"))
    copy = html.Button(content, id="copy-link", className="quiet", type="button", **done)
    return [
        html.Header([live_title(page, title), copy], className="page-head"),
        filters.placeholder(page, lang),
        *live.components(),
    ]


def live_title(page: str, title: str) -> html.Div:
    """The title, and below it a line that says how current the page is."""
    subtitle = html.P(live.shown("", None), id=f"{page}-subtitle", className="subtitle")
    return html.Div([html.H1(title), subtitle])


def inputs() -> list[Input]:
    """The inputs of a page: the address, the theme, and the marker of the newest figures."""
    return [Input("url", "search"), Input("theme", "data"), Input("preference-marker", "data")]


def ids(page: str) -> tuple[str, str, str]:
    """The ids whose children are the subtitle, the filter bar and its summary."""
    return f"{page}-subtitle", f"{page}-filter-bar", f"{page}-filter-summary"


def choices(db: Statements, view: View) -> Choices:
    """The models and projects that the filter bar offers, most used first."""
    return usage_totals.fetch_choices(db, last_days(CHOICE_DAYS, view.service.today()))


def parts(page: str, view: View, choices: Choices, marker: str, path: str) -> dict[str, Any]:
    """The subtitle and the filter bar by their ids; `marker` must have been read before the figures."""
    lang, selection = view.language, view.selection
    span = lang.span(selection.period.first, selection.period.last)
    period = html.Span(f"{span} · {view.service.settings.insights_timezone} · ", className="period")
    bar = filters.bar(selection, choices, view.service.today(), path=path, lang=lang)
    if view.account.is_admin:
        people = users.list_accounts(view.service.database)
        bar.append(filters.person_choice(selection.person, people, lang))
    subtitle = [period, *live.shown(live.as_of(view), marker)]
    return dict(zip(ids(page), (subtitle, bar, filters.summary(selection, lang)), strict=True))


def period_choice(view: View, path: str) -> html.Div:
    """The choice of a period on pages that have no other filter."""
    links = filters.period_links(view.selection.unfiltered(), view.service.today(), path, view.language)
    return segments(view.language.text("Period"), links)
