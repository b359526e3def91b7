"""The share of tool calls that end in an error, day by day and over seven days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics_app.charts.axes import day_names, day_ticks, share_ticks
from analytics_app.charts.drawing import HOVER, Figure, Trace, figure
from analytics_app.charts.theme import ChartStyle
from db.usage.breakdown_records import CallDay

#: A single day has few calls: the line says what a week comes to.
WINDOW = 7


@dataclass(frozen=True)
class Rate:
    """Errors among the calls whose outcome is known."""

    errors: int
    reported: int

    @property
    def share(self) -> float | None:
        """None where no outcome is known."""
        return self.errors / self.reported if self.reported else None


def rates(rows: Iterable[CallDay], days: Sequence[date], window: int = 1) -> list[Rate]:
    """For every day the calls of the window that ends with it, pooled: busy days weigh more than quiet ones."""
    by_day = {row.stat_date: row for row in rows}
    return [_pooled(by_day, day, window) for day in days]


def _pooled(by_day: dict[date, CallDay], last: date, window: int) -> Rate:
    known = [by_day[day] for age in range(window) if (day := last - timedelta(days=age)) in by_day]
    return Rate(sum(row.error_count for row in known), sum(row.reported for row in known))


def error_rate(rows: Iterable[CallDay], days: Sequence[date], today: date, look: ChartStyle) -> Figure:
    """Days as pale points, seven of them as the line; rows may begin before the first day shown."""
    known = list(rows)
    single, pooled = rates(known, days), rates(known, days, WINDOW)
    names = day_names(days, today, look.language)
    points = {
        "name": look.language.text("this day"),
        "mode": "markers",
        "marker": {
            "color": look.palette.others,
            "size": 5,
            # Hollow as long as it may move.
            "symbol": ["circle-open" if day == today else "circle" for day in days],
        },
        # A day without an error is a whole point on the line of nought.
        "cliponaxis": False,
    }
    line = {
        "name": look.language.text("seven days"),
        "mode": "lines",
        "line": {"color": look.palette.accent, "width": 2},
    }
    shares = [rate.share for rate in (*single, *pooled) if rate.share is not None]
    return figure(
        [{"x": names, **points, **_shares(single, look)}, {"x": names, **line, **_shares(pooled, look)}],
        look,
        xaxis={"type": "category", **day_ticks(days, names, look.language)},
        yaxis=share_ticks(max(shares, default=0.0), look.language),
    )


def _shares(series: Sequence[Rate], look: ChartStyle) -> Trace:
    return {
        "type": "scatter",
        "y": [rate.share for rate in series],
        "customdata": [_said(rate, look) for rate in series],
        "hovertemplate": HOVER,
    }


def _said(rate: Rate, look: ChartStyle) -> str:
    lang = look.language
    if rate.share is None:
        return lang.text("not reported")
    return lang.text(
        "{share} · {errors} of {calls} calls",
        share=lang.percent(rate.share),
        errors=lang.number(rate.errors),
        calls=lang.number(rate.reported),
    )
