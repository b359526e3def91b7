"""The cost of the running month: the line so far, and the band in which it is likely to go on."""

from datetime import date
from decimal import Decimal

import plotly.graph_objects as go

from analytics_app.figures.axes import day_ticks, value_ticks
from analytics_app.projection import Projection, month_of
from analytics_app.theme import Look, template


def month_cost(projection: Projection, today: date, look: Look) -> go.Figure:
    """Days of the month on the axis; what is to come is dashed, its range pale."""
    said, days = look.language, month_of(today).dates()
    names = [said.full_day(day) for day in days]
    name_of = dict(zip(days, names, strict=True))
    figure = go.Figure(layout={"template": template(look.palette)})
    figure.add_scatter(
        x=[name_of[day] for day in projection.so_far],
        y=list(projection.so_far.values()),
        name=said.text("so far"),
        mode="lines",
        line={"color": look.palette.accent, "width": 2.4},
        customdata=[_money(cost, look) for cost in projection.so_far.values()],
        hovertemplate="%{fullData.name}  <b>%{customdata}</b><extra></extra>",
    )
    if projection.outlook:
        _add_outlook(figure, projection, name_of, look)
    most = max(*projection.so_far.values(), *(point.high for point in projection.outlook), 0.0)
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=names, range=[-0.5, len(days) - 0.5]
    )
    figure.update_xaxes(**day_ticks(days, names, said))
    figure.update_yaxes(**value_ticks(most, said.dollars))
    return figure


def _add_outlook(figure: go.Figure, projection: Projection, name_of: dict[date, str], look: Look) -> None:
    days = [name_of[point.day] for point in projection.outlook]
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "x": days}
    figure.add_scatter(**band, y=[point.low for point in projection.outlook])
    figure.add_scatter(
        **band,
        y=[point.high for point in projection.outlook],
        fill="tonexty",
        fillcolor=_pale(look.palette.accent),
    )
    figure.add_scatter(
        x=days,
        y=[point.likely for point in projection.outlook],
        name=look.language.text("likely"),
        mode="lines",
        line={"color": look.palette.accent, "width": 2, "dash": "dot"},
        customdata=[
            f"{_money(point.likely, look)} ({_money(point.low, look)} – {_money(point.high, look)})"
            for point in projection.outlook
        ],
        hovertemplate="%{fullData.name}  <b>%{customdata}</b><extra></extra>",
    )


def _money(cost: float, look: Look) -> str:
    return look.language.money(Decimal(cost))


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
