"""Figures as plain dicts for Plotly in the browser: its Python classes would check and copy every day of a year."""

from collections.abc import Sequence
from typing import Any

from analytics_app.charts.theme import ChartStyle, template

#: What the browser draws: traces and a layout.
Figure = dict[str, Any]
Trace = dict[str, Any]

#: One value in the box that a hover shows; the box begins with the name of the step.
HOVER = "%{fullData.name}  <b>%{customdata}</b><extra></extra>"


def figure(
    traces: Sequence[Trace], style: ChartStyle, *, xaxis: dict[str, Any], yaxis: dict[str, Any], **layout: Any
) -> Figure:
    """The traces on these axes, in the style of all charts."""
    return {
        "data": list(traces),
        "layout": {"template": template(style.palette), "xaxis": xaxis, "yaxis": yaxis, **layout},
    }


def bars(
    names: Sequence[str],
    values: Sequence[float | None],
    *,
    name: str,
    texts: Sequence[str],
    colour: str,
    pattern: dict[str, Any] | None = None,
) -> Trace:
    """One layer of bars over the named steps; `texts` are the values as a hover shows them."""
    return {
        "type": "bar",
        "x": names,
        "y": values,
        "name": name,
        "customdata": texts,
        "hovertemplate": HOVER,
        "marker": {"color": colour, "line": {"width": 0}} | ({"pattern": pattern} if pattern else {}),
    }


def line(
    names: Sequence[str], values: Sequence[float | None], *, name: str, texts: Sequence[str], **more: Any
) -> Trace:
    """One line over the named steps; a value of None leaves a gap."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": names,
        "y": values,
        "name": name,
        "customdata": texts,
        "hovertemplate": HOVER,
        **more,
    }


def hatched(provisional: Sequence[bool], style: ChartStyle) -> dict[str, Any]:
    """The pattern of bars, which is hatched for those that are not over yet."""
    return {
        "shape": ["/" if is_provisional else "" for is_provisional in provisional],
        "fillmode": "overlay",
        "fgcolor": style.palette.surface,
        "fgopacity": 0.75,
        "size": 5,
        "solidity": 0.35,
    }
