"""When the team works: sessions begun by weekday and hour, as a heat map."""

from collections.abc import Iterable

from analytics_app.charts.drawing import Figure, figure
from analytics_app.charts.theme import ChartStyle
from db.usage.usage_records import HourTotals

WEEKDAYS = range(7)
HOURS = range(24)


def hour_grid(rows: Iterable[HourTotals]) -> list[list[int]]:
    """Sessions as seven weekdays, Monday first, of 24 hours."""
    grid = [[0 for _ in HOURS] for _ in WEEKDAYS]
    for row in rows:
        grid[row.weekday][row.hour] += row.session_count
    return grid


def working_hours(grid: list[list[int]], look: ChartStyle) -> Figure:
    """One colour from pale to full; the exact number on hover."""
    lang = look.language
    steps = len(look.palette.heat) - 1
    hours = {
        "type": "heatmap",
        "z": grid,
        "x": list(HOURS),
        "y": [lang.weekday(weekday) for weekday in WEEKDAYS],
        "customdata": [[_hover(weekday, hour, grid, look) for hour in HOURS] for weekday in WEEKDAYS],
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [[index / steps, colour] for index, colour in enumerate(look.palette.heat)],
        "zmin": 0,
        "zmax": max(1, *(max(day) for day in grid)),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    ticks = {
        "tickmode": "array",
        "tickvals": [0, 6, 12, 18],
        "ticktext": [lang.text("{hour} h", hour=hour) for hour in (0, 6, 12, 18)],
        "ticks": "",
        "tickangle": 0,
    }
    return figure(
        [hours],
        look,
        xaxis=ticks,
        yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
        hovermode="closest",
    )


def _hover(weekday: int, hour: int, grid: list[list[int]], look: ChartStyle) -> str:
    lang = look.language
    sessions = lang.plural("{count} session", "{count} sessions", grid[weekday][hour])
    return f"{lang.weekday(weekday)} {hour:02d}:00–{hour + 1:02d}:00 · <b>{sessions}</b>"
