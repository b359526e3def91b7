"""A figure as the JSON that Plotly reads, put together plainly: its classes would check and copy each day of a year."""

from collections.abc import Sequence
from typing import Any

from analytics_app.charts.theme import ChartStyle, template

#: What the browser draws: traces, and how they stand together.
Figure = dict[str, Any]
Trace = dict[str, Any]

#: A value's own words, below the head that all of its place share.
HOVER = "%{fullData.name}  <b>%{customdata}</b><extra></extra>"


def figure(
    traces: Sequence[Trace], look: ChartStyle, *, xaxis: dict[str, Any], yaxis: dict[str, Any], **layout: Any
) -> Figure:
    """The traces on our axes, in the look of all charts."""
    return {
        "data": list(traces),
        "layout": {"template": template(look.palette), "xaxis": xaxis, "yaxis": yaxis, **layout},
    }


def hatched(shapes: Sequence[str], look: ChartStyle) -> dict[str, Any]:
    """The pattern of bars of which some are not over yet: "/" for those, "" for the others."""
    return {
        "shape": list(shapes),
        "fillmode": "overlay",
        "fgcolor": look.palette.card,
        "fgopacity": 0.75,
        "size": 5,
        "solidity": 0.35,
    }
