"""The choice of a period on pages that have no other filter: the usual ranges as plain links."""

from dataclasses import replace

from dash import dcc, html

from analytics_app.components.attributes import attributes
from analytics_app.components.filters import RANGES, query_of
from analytics_app.view import View
from db.usage.periods import last_days


def links(view: View, path: str) -> html.Div:
    """The ranges, the one in the address marked."""
    lang, chosen, today = view.language, view.selection, view.service.today()
    shown = [
        dcc.Link(
            lang.text("{days} d", days=days),
            href=path
            + query_of(replace(chosen, period=last_days(days, today), days=days, project=None, model=None)),
            className="segment active" if chosen.days == days else "segment",
            title=lang.text("The last {count} days", count=days),
        )
        for days in RANGES
    ]
    return html.Div(shown, className="segments", role="group", **attributes(aria_label=lang.text("Period")))
