"""One measure over time: bars, the period before as a pale line, and the moving average."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analytics_app.analysis.data_table import Cell, DataTable, Quantity
from analytics_app.analysis.measures import Measure, MeasureFormat, measure_format
from analytics_app.analysis.timeseries import WINDOWS, PeriodSeries
from analytics_app.charts.axes import MAX_DAY_TICKS, MAX_WEEK_TICKS, day_ticks, so_far, ticks, value_ticks
from analytics_app.charts.chart import Legend
from analytics_app.charts.drawing import Figure, Trace, bars, figure, hatched, line
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language
from db.usage.periods import Period


def step_name(step: Period, series: PeriodSeries, lang: Language) -> str:
    """A day, the span of a week, or a month."""
    if series.grain == "day":
        return lang.full_day(step.first)
    return lang.span(step.first, step.last) if series.grain == "week" else lang.full_month(step.first)


def average_name(series: PeriodSeries, lang: Language) -> str:
    """The moving average with the length of its window."""
    window = WINDOWS[series.grain]
    return {
        "day": lang.text("average of {count} days", count=window),
        "week": lang.text("average of {count} weeks", count=window),
        "month": lang.text("average of {count} months", count=window),
    }[series.grain]


@dataclass(frozen=True)
class Trend:
    """A measure in steps of time, beside as many steps before."""

    series: PeriodSeries
    measure: Measure

    @property
    def is_empty(self) -> bool:
        """Is there nothing to draw, neither in the period nor before it?"""
        return not any((*self.series.values, *self.series.earlier_values))

    def figure(self, style: ChartStyle) -> Figure:
        """The steps as bars, the last one hatched while it goes on; the two lines share their scale."""
        lang, series = style.language, self.series
        measure = measure_format(self.measure, lang)
        names = [step_name(step, series, lang) for step in series.steps]
        if series.provisional:
            names[-1] = so_far(names[-1], lang)
        steps = bars(
            names,
            series.values,
            name=measure.title,
            texts=[lang.known(value, measure.exact) for value in series.values],
            colour=style.palette.heat[2],
            pattern=hatched([False] * series.over + [True] * series.provisional, style),
        )
        earlier = _line(names, series.earlier_values, measure, lang.text("period before"))
        before = [step_name(step, series, lang) for step in series.earlier_steps]
        earlier["customdata"] = [
            f"{text} · {name}" for text, name in zip(earlier["customdata"], before, strict=True)
        ]
        earlier["line"] = {"color": style.palette.others, "width": 1.6}
        average = _line(names, series.averages, measure, average_name(series, lang))
        average["line"] = {"color": style.palette.accent, "width": 2.4}
        drawn = (*series.values, *series.earlier_values, *series.averages)
        return figure(
            [steps, earlier, average],
            style,
            # With its range, or the axis would make room for points beyond the bars.
            xaxis={"type": "category", "range": [-0.5, len(names) - 0.5], **_ticks(series, names, lang)},
            yaxis=value_ticks(max((value for value in drawn if value is not None), default=0), measure.tick),
            bargap=0.24,
        )

    def legend(self, style: ChartStyle) -> Legend:
        """The bars and the lines, and that the last step is not over; nothing where nothing is drawn."""
        lang, series = style.language, self.series
        if self.is_empty:
            return Legend()
        names = {"pale": measure_format(self.measure, lang).title, "others": lang.text("period before")}
        if any(value is not None for value in series.averages):
            names["accent"] = average_name(series, lang)
        return Legend(names, lang.text("the last one is provisional") if series.provisional else "")

    def table(self, lang: Language) -> DataTable:
        """A row for every step, newest first, with the step of the period before and the average."""
        series = self.series
        return DataTable.newest_first(
            (lang.text("From"), [step.first for step in series.steps]),
            (lang.text("To"), [step.last for step in series.steps]),
            (measure_format(self.measure, lang).title, map(self._cell, series.values)),
            (lang.text("Period before, from"), [step.first for step in series.earlier_steps]),
            (lang.text("Period before"), map(self._cell, series.earlier_values)),
            (average_name(series, lang), map(self._cell, series.averages)),
        )

    def _cell(self, value: float | None) -> Cell:
        """Money as money; whole numbers whole, unless they are hours."""
        if value is None:
            return None
        if self.measure == "cost":
            return Decimal(f"{value:.6f}")
        return Quantity(value) if self.measure == "time" or value % 1 else int(value)


def _line(names: Sequence[str], values: Sequence[float | None], measure: MeasureFormat, name: str) -> Trace:
    """A line needs two values; one without a known neighbour is a point."""
    padded = [None, *values, None]
    alone = [
        value is not None and padded[place] is None and padded[place + 2] is None
        for place, value in enumerate(values)
    ]
    texts = ["" if value is None else measure.exact(value) for value in values]
    marker = {"size": [8 if one else 0 for one in alone]}
    return line(names, values, name=name, texts=texts, mode="lines+markers", marker=marker)


def _ticks(series: PeriodSeries, names: Sequence[str], lang: Language) -> dict[str, Any]:
    firsts = [step.first for step in series.steps]
    if series.grain == "day":
        return day_ticks(firsts, names, lang)
    is_week = series.grain == "week"
    chosen = range(0, len(firsts), -(-len(firsts) // (MAX_WEEK_TICKS if is_week else MAX_DAY_TICKS)))
    texts = [
        lang.day(firsts[index]) if is_week else f"{lang.month(firsts[index])}<br>{firsts[index].year}"
        for index in chosen
    ]
    return ticks([names[index] for index in chosen], texts) | {"tickangle": 0}
