"""The cost of the running month: the line so far, and the band in which it is likely to go on."""

from datetime import date
from decimal import Decimal

from analytics_app.analysis.projection import Projection, month_of
from analytics_app.charts.axes import day_ticks, dollar_ticks
from analytics_app.charts.drawing import HOVER, Figure, Trace, figure
from analytics_app.charts.theme import ChartStyle


def month_cost(projection: Projection, today: date, look: ChartStyle) -> Figure:
    """Days of the month on the axis; what is to come is dashed, its range pale."""
    lang, days = look.language, month_of(today).dates()
    names = [lang.full_day(day) for day in days]
    name_of = dict(zip(days, names, strict=True))
    so_far = {
        "type": "scatter",
        "x": [name_of[day] for day in projection.so_far],
        "y": list(projection.so_far.values()),
        "name": lang.text("so far"),
        "mode": "lines",
        "line": {"color": look.palette.accent, "width": 2.4},
        "customdata": [_money(cost, look) for cost in projection.so_far.values()],
        "hovertemplate": HOVER,
    }
    most = max(*projection.so_far.values(), *(point.high for point in projection.outlook), 0.0)
    category = {"type": "category", "categoryorder": "array", "categoryarray": names}
    return figure(
        [so_far, *(_outlook(projection, name_of, look) if projection.outlook else ())],
        look,
        xaxis={**category, "range": [-0.5, len(days) - 0.5], **day_ticks(days, names, lang)},
        yaxis=dollar_ticks(most, lang),
    )


def _outlook(projection: Projection, name_of: dict[date, str], look: ChartStyle) -> list[Trace]:
    """The lower end of the band, its upper end with what lies between, and the likely course."""
    outlook = projection.outlook
    line = {"type": "scatter", "mode": "lines", "x": [name_of[point.day] for point in outlook]}
    band = {**line, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    filled = {"fill": "tonexty", "fillcolor": _pale(look.palette.accent)}
    likely = {
        "y": [point.likely for point in outlook],
        "name": look.language.text("likely"),
        "line": {"color": look.palette.accent, "width": 2, "dash": "dot"},
        "customdata": [
            f"{_money(point.likely, look)} ({_money(point.low, look)} – {_money(point.high, look)})"
            for point in outlook
        ],
        "hovertemplate": HOVER,
    }
    return [
        {**band, "y": [point.low for point in outlook]},
        {**band, "y": [point.high for point in outlook], **filled},
        {**line, **likely},
    ]


def _money(cost: float, look: ChartStyle) -> str:
    return look.language.money(Decimal(cost))


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
