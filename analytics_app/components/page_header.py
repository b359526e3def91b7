"""The head of every page with a filter bar: its title, the period and moment of its figures, and what keeps it live."""

from datetime import timedelta
from typing import Any

from dash import Input, Output, html

from analytics_app.components import filters, live
from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.accounts import users
from db.connection import Statements
from db.usage import usage_totals
from db.usage.periods import Period, last_days
from db.usage.usage_records import Choices

#: So many days of models and projects can be chosen, and keep their colours.
CHOICE_DAYS = 365


def components(page: str, title: str, lang: Language) -> list[Any]:
    """The head before the figures have come; places that a page's callback writes to carry the page's name."""
    subtitle = html.P(live.shown("", None), id=f"{page}-subtitle", className="subtitle")
    return [
        html.Header([html.Div([html.H1(title), subtitle]), _copy_button(lang)], className="page-head"),
        filters.placeholder(page, lang),
        *live.components(),
    ]


def _copy_button(lang: Language) -> html.Button:
    content = [html.Span(className="icon icon-link"), html.Span(lang.text("Copy link"))]
    done = attributes(data_done=lang.text("Copied"))
    return html.Button(content, id="copy-link", className="quiet", type="button", **done)


def inputs() -> list[Input]:
    """What a page answers to: the address, the theme, and news."""
    return [Input("url", "search"), Input("theme", "data"), Input("wanted-marker", "data")]


def outputs(page: str) -> dict[str, Output]:
    """Where the parts go."""
    return {
        "subtitle": Output(f"{page}-subtitle", "children"),
        "filter_bar": Output(f"{page}-filter-bar", "children"),
        "filter_summary": Output(f"{page}-filter-summary", "children"),
    }


def choices(db: Statements, view: View) -> Choices:
    """What the bar offers."""
    return usage_totals.choices(db, last_days(CHOICE_DAYS, view.service.today()))


def with_days_before(period: Period, days: int) -> Period:
    """The period and so many days before it, for what looks back."""
    return Period(period.first - timedelta(days=days), period.last)


def parts(view: View, choices: Choices, marker: str, *, path: str) -> dict[str, Any]:
    """The head of this selection; the marker was read before the figures."""
    lang, selection = view.language, view.selection
    period = lang.span(selection.period.first, selection.period.last)
    zone = view.service.settings.insights_timezone
    return {
        "subtitle": [
            html.Span(f"{period} · {zone} · ", className="period"),
            *live.shown(live.as_of(view), marker),
        ],
        "filter_bar": [
            *filters.bar(selection, choices, view.service.today(), path=path, language=lang),
            *_person_choice(view),
        ],
        "filter_summary": filters.summary(selection, lang),
    }


def _person_choice(view: View) -> list[html.Label]:
    if not view.account.is_admin:
        return []
    people = users.list_accounts(view.service.database)
    return [filters.person_choice(view.selection.person, people, view.language)]
