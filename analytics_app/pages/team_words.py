"""What the Team page says about its limits: why there is nothing to draw, and how far its figures can be trusted."""

from dash import html

from analytics_app import panels
from analytics_app.i18n import Language
from analytics_app.view import View
from db.records import Coverage


def nothing(view: View, *, ever: bool) -> html.Div:
    """Why there is nothing to draw, and what to do about it."""
    said = view.language
    if not ever and view.account.is_admin:
        advice = [
            said.text("Add a person and give them their key:"),
            " ",
            html.A(said.text("People & keys"), href="/admin"),
        ]
        return panels.empty(said.text("No session has arrived yet"), advice)
    if not ever:
        return panels.empty(
            said.text("No session has arrived yet"),
            said.text("Ask an admin for a key and send your first one."),
        )
    if view.selection.narrowed:
        whole = html.A(said.text("Show all projects and models"), href="/")
        return panels.empty(said.text("Nothing with these filters in this period"), whole)
    return panels.empty(said.text("No sessions in this period"), said.text("Choose a longer one above."))


def coverage_line(coverage: Coverage, view: View) -> list[html.Span]:
    """The line that says how far the page can be trusted."""
    said = view.language
    parts = [
        said.text(
            "{reporting} of {known} people reported",
            reporting=said.number(coverage.people_reporting),
            known=said.number(coverage.people_known),
        ),
        _last_upload(coverage, view),
        said.text(
            "{share} of tokens without a price", share=_share(coverage.unpriced_tokens, coverage.tokens, said)
        ),
        said.text(
            "tool outcome not reported for {share} of calls",
            share=_share(coverage.unreported_calls, coverage.calls, said),
        ),
        said.text("costs are estimates at list price"),
    ]
    if view.selection.narrowed:
        parts.append(said.text("this line and the leaderboard count all projects and models"))
    return [html.Span(part) for part in parts]


def _share(part: int, whole: int, said: Language) -> str:
    return said.percent(part / whole if whole else 0.0)


def _last_upload(coverage: Coverage, view: View) -> str:
    said, now = view.language, view.service.now()
    if coverage.last_upload_at is None:
        return said.text("no upload in this period")
    last = coverage.last_upload_at.astimezone(now.tzinfo)
    time = said.clock(last) if last.date() == now.date() else said.moment(last)
    return said.text("last upload {time}", time=time)
