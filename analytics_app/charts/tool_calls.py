"""Calls of one tool per day, stacked by how they ended."""

from collections.abc import Iterable, Sequence
from datetime import date

from analytics_app.charts.axes import day_names, day_ticks, token_ticks
from analytics_app.charts.drawing import HOVER, Figure, figure, hatched
from analytics_app.charts.stacked_days import gap
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import CallDay, Calls

NONE = Calls(call_count=0, success_count=0, error_count=0, unreported_count=0)


def filled(rows: Iterable[CallDay], days: Sequence[date]) -> list[Calls]:
    """A value for every day, days without a call as nought."""
    by_day: dict[date, Calls] = {row.stat_date: row for row in rows}
    return [by_day.get(day, NONE) for day in days]


def outcomes(lang: Language) -> tuple[str, str, str]:
    """How a call can end, from the bottom of the bar to its top."""
    return lang.text("Without error"), lang.text("With an error"), lang.text("Not reported")


def tool_calls(rows: Iterable[CallDay], days: Sequence[date], today: date, look: ChartStyle) -> Figure:
    """Bars by day, in three layers; today hatched."""
    lang, calls = look.language, filled(rows, days)
    names = day_names(days, today, lang)
    pattern = hatched(["/" if day == today else "" for day in days], look)
    layers = zip(
        outcomes(lang),
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
            "customdata": [lang.plural("{count} call", "{count} calls", count) for count in counts],
            "hovertemplate": HOVER,
            "marker": {"color": colour, "line": {"width": 0}, "pattern": pattern},
        }
        for name, colour, counts in layers
    ]
    return figure(
        bars,
        look,
        xaxis={"type": "category", **day_ticks(days, names, lang)},
        yaxis=token_ticks(max((one.call_count for one in calls), default=0), lang),
        barmode="stack",
        bargap=gap(days),
    )
