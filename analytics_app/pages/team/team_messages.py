"""Messages of the Team page: why there is nothing to draw, what is compared, and what its figures cover."""

from dash import dcc, html

from analytics_app.components import panels
from analytics_app.context.selection import query_of
from analytics_app.context.view import View
from db.usage.periods import Period
from db.usage.usage_records import Coverage


def nothing(view: View, *, ever: bool, path: str = "/") -> html.Div:
    """Why there is nothing to draw, and what to do about it; `ever`: has any session arrived?"""
    lang = view.language
    if not ever and view.account.is_admin:
        people = dcc.Link(lang.text("People & keys"), href="/admin")
        advice = [lang.text("Add a person and give them their key:"), " ", people]
        return panels.empty(lang.text("No session has arrived yet"), advice)
    if not ever:
        ask = lang.text("Ask an admin for a key and send your first one.")
        return panels.empty(lang.text("No session has arrived yet"), ask)
    if view.selection.narrowed:
        return nothing_with_filters(view, path)
    return panels.empty(lang.text("No sessions in this period"), lang.text("Choose a longer one above."))


def nothing_with_filters(view: View, path: str) -> html.Div:
    """Nothing matches the filters: a way to the same page without them."""
    lang = view.language
    whole = dcc.Link(lang.text("Show everything"), href=path + query_of(view.selection.unfiltered()))
    return panels.empty(lang.text("Nothing with these filters in this period"), whole)


def comparison(full: Period | None, before: Period | None, view: View) -> str:
    """Which days the changes on the tiles compare."""
    lang = view.language
    if full is None or before is None:
        return lang.text("Today is provisional: there is no full day yet to compare.")
    spans = {"days": lang.span(full.first, full.last), "before": lang.span(before.first, before.last)}
    if full == view.selection.period:
        return lang.text("Changes compare {days} with {before}.", **spans)
    return lang.text("Changes compare {days} with {before}; today is provisional.", **spans)


def coverage_line(coverage: Coverage, view: View) -> list[html.Span]:
    """What the figures of the page cover, and what they leave out."""
    lang = view.language
    parts = [
        lang.plural(
            "{count} of {known} people reported",
            "{count} of {known} people reported",
            coverage.people_reporting,
            known=lang.number(coverage.people_known),
        ),
        _last_upload(coverage, view),
    ]
    if coverage.tokens:
        unpriced = lang.percent(coverage.unpriced_tokens / coverage.tokens)
        parts.append(lang.text("{share} of tokens without a price", share=unpriced))
    if coverage.calls:
        unreported = lang.percent(coverage.unreported_calls / coverage.calls)
        parts.append(lang.text("tool outcome not reported for {share} of calls", share=unreported))
    parts.append(lang.text("costs are estimates at list price"))
    if view.selection.narrowed:
        parts.append(lang.text("this line and the leaderboard count all projects and models"))
    return [html.Span(part) for part in parts]


def _last_upload(coverage: Coverage, view: View) -> str:
    lang, now = view.language, view.service.now()
    if coverage.last_upload_at is None:
        return lang.text("no upload in this period")
    last = coverage.last_upload_at.astimezone(now.tzinfo)
    time = lang.clock(last) if last.date() == now.date() else lang.moment(last)
    return lang.text("last upload {time}", time=time)
