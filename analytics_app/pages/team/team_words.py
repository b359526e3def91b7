"""What the Team page says about its limits: why there is nothing to draw, and how far its figures can be trusted."""

from dataclasses import replace

from dash import dcc, html

from analytics_app.components import panels
from analytics_app.components.filters import query_of
from analytics_app.view import View
from db.usage.periods import Period
from db.usage.usage_records import Coverage


def nothing(view: View, *, ever: bool, path: str = "/") -> html.Div:
    """Why there is nothing to draw, and what to do about it."""
    lang = view.language
    if not ever and view.account.is_admin:
        advice = [
            lang.text("Add a person and give them their key:"),
            " ",
            dcc.Link(lang.text("People & keys"), href="/admin"),
        ]
        return panels.empty(lang.text("No session has arrived yet"), advice)
    if not ever:
        return panels.empty(
            lang.text("No session has arrived yet"),
            lang.text("Ask an admin for a key and send your first one."),
        )
    if view.selection.narrowed:
        all_of_it = query_of(replace(view.selection, project=None, model=None, person=None))
        whole = dcc.Link(lang.text("Show everything"), href=f"{path}{all_of_it}")
        return panels.empty(lang.text("Nothing with these filters in this period"), whole)
    return panels.empty(lang.text("No sessions in this period"), lang.text("Choose a longer one above."))


def comparison(full: Period | None, before: Period | None, view: View) -> str:
    """What the changes on the cards compare."""
    lang = view.language
    if full is None or before is None:
        return lang.text("Today is provisional: there is no full day yet to compare.")
    spans = {"days": lang.span(full.first, full.last), "before": lang.span(before.first, before.last)}
    if full == view.selection.period:
        return lang.text("Changes compare {days} with {before}.", **spans)
    return lang.text("Changes compare {days} with {before}; today is provisional.", **spans)


def coverage_line(coverage: Coverage, view: View) -> list[html.Span]:
    """The line that says how far the page can be trusted."""
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
