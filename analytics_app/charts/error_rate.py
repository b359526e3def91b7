"""The share of tool calls that end in an error, day by day and over seven days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics_app.analysis.data_table import DataTable
from analytics_app.charts.axes import share_ticks
from analytics_app.charts.chart import Legend
from analytics_app.charts.drawing import Figure, Trace, figure, line
from analytics_app.charts.stacked_days import today_note
from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.tool_calls import CallDays, filled
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import CallDay

#: A single day has few calls: the line shows the share of so many days.
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
    windows = ([by_day.get(day - timedelta(days=age)) for age in range(window)] for day in days)
    return [
        Rate(sum(row.error_count for row in known if row), sum(row.reported for row in known if row))
        for known in windows
    ]


class ErrorRate(CallDays):
    """Single days as pale points, the share of seven days as a line."""

    def figure(self, style: ChartStyle) -> Figure:
        """Return the figure; days without a known outcome are gaps."""
        lang = style.language
        single, pooled = rates(self.rows, self.days), rates(self.rows, self.days, WINDOW)
        names, xaxis = self.axis(lang)
        points = _shares(names, single, lang.text("this day"), lang) | {
            "mode": "markers",
            "marker": {
                "color": style.palette.others,
                "size": 5,
                # Hollow as long as it may move.
                "symbol": ["circle-open" if day == self.today else "circle" for day in self.days],
            },
            # A day without an error is a whole point on the line of zero.
            "cliponaxis": False,
        }
        average = _shares(names, pooled, lang.text("seven days"), lang) | {
            "line": {"color": style.palette.accent, "width": 2}
        }
        shares = [rate.share for rate in (*single, *pooled) if rate.share is not None]
        return figure(
            [points, average], style, xaxis=xaxis, yaxis=share_ticks(max(shares, default=0.0), lang)
        )

    def legend(self, style: ChartStyle) -> Legend:
        """The line and the points; nothing where no outcome is known."""
        lang = style.language
        if not any(rate.reported for rate in rates(self.rows, self.days)):
            return Legend()
        names = {"accent": lang.text("seven days together"), "others": lang.text("single days")}
        return Legend(names, today_note(self.days, self.today, lang))

    def table(self, lang: Language) -> DataTable:
        """A row for every day, newest first; the share of seven days beside that of the day."""
        calls, weeks = filled(self.rows, self.days), rates(self.rows, self.days, WINDOW)
        return DataTable.newest_first(
            *self.columns(lang),
            (lang.text("Share with an error"), [one.error_rate for one in calls]),
            (lang.text("Over seven days"), [week.share for week in weeks]),
        )


def _shares(names: Sequence[str], series: Sequence[Rate], name: str, lang: Language) -> Trace:
    texts = [
        lang.text("not reported")
        if rate.share is None
        else lang.text(
            "{share} · {errors} of {calls} calls",
            share=lang.percent(rate.share),
            errors=lang.number(rate.errors),
            calls=lang.number(rate.reported),
        )
        for rate in series
    ]
    return line(names, [rate.share for rate in series], name=name, texts=texts)
