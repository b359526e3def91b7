"""The legend below a chart: what its colours mean."""

from dash import html

from analytics_app.charts.chart import Legend


def legend(shown: Legend) -> list[html.Span]:
    """The parts of the line: a swatch with each name, or a scale between its ends, and perhaps a note."""
    parts = [
        html.Span(
            [html.Span(className=f"swatch {kind}"), html.Span(name, className="legend-name", title=name)],
            className="legend-entry",
        )
        for kind, name in shown.swatches.items()
    ]
    if shown.scale:
        low, high = shown.scale
        ends = [html.Span(low), html.Span(className="heat"), html.Span(high)]
        parts.append(html.Span(ends, className="legend-entry"))
    if shown.note:
        parts.append(html.Span(shown.note, className="legend-note"))
    return parts
