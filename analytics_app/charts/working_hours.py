"""When the team works: sessions begun by weekday and hour, as a heat map."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_app.analysis.data_table import Cell, DataTable
from analytics_app.charts.axes import ticks
from analytics_app.charts.chart import Legend
from analytics_app.charts.drawing import Figure, figure
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language
from db.usage.usage_records import HourTotals

WEEKDAYS = range(7)
HOURS = range(24)
SHOWN_HOURS = (0, 6, 12, 18)


@dataclass(frozen=True)
class WorkingHours:
    """Sessions by the weekday and hour in which they began."""

    rows: Sequence[HourTotals]

    @property
    def grid(self) -> list[list[int]]:
        """Sessions as seven weekdays, Monday first, of 24 hours."""
        grid = [[0 for _ in HOURS] for _ in WEEKDAYS]
        for row in self.rows:
            grid[row.weekday][row.hour] += row.session_count
        return grid

    def figure(self, style: ChartStyle) -> Figure:
        """One colour from pale to full; the exact number on hover."""
        lang, heat, grid = style.language, style.palette.heat, self.grid
        names = [lang.weekday(weekday) for weekday in WEEKDAYS]
        hours = {
            "type": "heatmap",
            "z": grid,
            "x": list(HOURS),
            "y": names,
            "customdata": [
                [
                    f"{name} {hour:02d}:00–{hour + 1:02d}:00 · <b>{_sessions(count, lang)}</b>"
                    for hour, count in enumerate(day)
                ]
                for name, day in zip(names, grid, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
            "colorscale": [[index / (len(heat) - 1), colour] for index, colour in enumerate(heat)],
            "zmin": 0,
            "zmax": max(1, *map(max, grid)),
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
        }
        marks = ticks(SHOWN_HOURS, [lang.text("{hour} h", hour=hour) for hour in SHOWN_HOURS])
        return figure(
            [hours],
            style,
            xaxis={**marks, "ticks": "", "tickangle": 0},
            yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
            hovermode="closest",
        )

    def legend(self, style: ChartStyle) -> Legend:
        """From no session to the busiest hour."""
        lang = style.language
        return Legend(scale=(lang.number(0), _sessions(max(map(max, self.grid)), lang)))

    def table(self, lang: Language) -> DataTable:
        """A row for every weekday, a column for every hour."""
        rows: list[tuple[Cell, ...]] = [
            (lang.weekday(weekday), *counts) for weekday, counts in enumerate(self.grid)
        ]
        return DataTable((lang.text("Weekday"), *(f"{hour:02d}" for hour in HOURS)), tuple(rows))


def _sessions(count: int, lang: Language) -> str:
    return lang.plural("{count} session", "{count} sessions", count)
