"""Calls of one tool per day, stacked by how they ended."""

from collections.abc import Iterable, Sequence
from datetime import date

from analytics_app.charts.axes import day_names, day_ticks, token_ticks
from analytics_app.charts.drawing import HOVER, Figure, figure, hatched
from analytics_app.charts.stacked_days import gap
from analytics_app.charts.theme import Look
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import CallDay, Calls

NONE = Calls(call_count=0, success_count=0, error_count=0, unreported_count=0)


def filled(rows: Iterable[CallDay], days: Sequence[date]) -> list[Calls]:
    """A value for every day, days without a call as nought."""
    by_day: dict[date, Calls] = {row.stat_date: row for row in rows}
    return [by_day.get(day, NONE) for day in days]


def outcomes(said: Language) -> tuple[str, str, str]:
    """How a call can end, from the bottom of the bar to its top."""
    return said.text("Without error"), said.text("With an error"), said.text("Not reported")


def tool_calls(rows: Iterable[CallDay], days: Sequence[date], today: date, look: Look) -> Figure:
    """Bars by day, in three layers; today hatched."""
    said, calls = look.language, filled(rows, days)
    names = day_names(days, today, said)
    pattern = hatched(["/" if day == today else "" for day in days], look)
    layers = zip(
        outcomes(said),
        (look.palette.accent, look.palette.categories[1], look.palette.others),
        (
            [one.success_count for one in calls],
            [one.error_count for one in calls],
            [one.unreported_count for one in calls],
        ),
        strict=True,
    )
    bars = [
        {
            "type": "bar",
            "x": names,
            "y": [count or None for count in counts],
            "name": name,
            "customdata": [said.plural("{count} call", "{count} calls", count) for count in counts],
            "hovertemplate": HOVER,
            "marker": {"color": colour, "line": {"width": 0}, "pattern": pattern},
        }
        for name, colour, counts in layers
    ]
    return figure(
        bars,
        look,
        xaxis={"type": "category", **day_ticks(days, names, said)},
        yaxis=token_ticks(max((one.call_count for one in calls), default=0), said),
        barmode="stack",
        bargap=gap(days),
    )
