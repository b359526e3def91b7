"""One measure over time: bars, the period before as a pale line, and the moving average."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from analytics_app.analysis.measures import Said
from analytics_app.analysis.timeseries import WINDOWS, PeriodSeries
from analytics_app.charts.axes import MAX_DAY_TICKS, MAX_WEEK_TICKS, day_ticks, value_ticks
from analytics_app.charts.drawing import HOVER, Figure, Trace, figure, hatched
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language
from db.usage.periods import Period


def step_name(step: Period, series: PeriodSeries, lang: Language) -> str:
    """A day, the span of a week, or a month."""
    match series.grain:
        case "day":
            return lang.full_day(step.first)
        case "week":
            return lang.span(step.first, step.last)
        case "month":
            return lang.full_month(step.first)


def average_name(series: PeriodSeries, lang: Language) -> str:
    """What the average is over."""
    window = WINDOWS[series.grain]
    match series.grain:
        case "day":
            return lang.text("average of {count} days", count=window)
        case "week":
            return lang.text("average of {count} weeks", count=window)
        case "month":
            return lang.text("average of {count} months", count=window)


def trend(series: PeriodSeries, measure: Said, look: ChartStyle) -> Figure:
    """The steps as bars, the last one hatched while it goes on; the two lines share their scale."""
    lang = look.language
    names = [step_name(step, series, lang) for step in series.steps]
    if series.provisional:
        names[-1] = lang.text("{bar} so far", bar=names[-1])
    before = [step_name(step, series, lang) for step in series.earlier_steps]
    earlier = {
        "name": lang.text("period before"),
        "line": {"color": look.palette.others, "width": 1.6},
        **_line(series.earlier_values, measure, notes=before),
    }
    average = {
        "name": average_name(series, lang),
        "line": {"color": look.palette.accent, "width": 2.4},
        **_line(series.averages, measure),
    }
    drawn = (*series.values, *series.earlier_values, *series.averages)
    return figure(
        [{"x": names, **trace} for trace in (_bars(series, measure, look), earlier, average)],
        look,
        # Said, or the axis would make room for points beyond the bars.
        xaxis={"type": "category", "range": [-0.5, len(names) - 0.5], **_ticks(series, names, lang)},
        yaxis=value_ticks(max((value for value in drawn if value is not None), default=0), measure.tick),
        bargap=0.24,
    )


def _bars(series: PeriodSeries, measure: Said, look: ChartStyle) -> Trace:
    shapes = [""] * series.over + ["/"] * series.provisional
    return {
        "type": "bar",
        "y": series.values,
        "name": measure.title,
        "customdata": _exact(series.values, measure, look.language),
        "hovertemplate": HOVER,
        "marker": {"color": look.palette.heat[2], "line": {"width": 0}, "pattern": hatched(shapes, look)},
    }


def _line(values: Sequence[float | None], measure: Said, *, notes: Sequence[str] = ()) -> Trace:
    lang = ["" if value is None else measure.exact(value) for value in values]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        # A line needs two values; one that stands alone is a point.
        "marker": {"size": [8 if alone else 0 for alone in _alone(values)]},
        "y": values,
        "customdata": [f"{text} · {note}" for text, note in zip(lang, notes, strict=True)] if notes else lang,
        "hovertemplate": HOVER,
    }


def _alone(values: Sequence[float | None]) -> list[bool]:
    """Known, with nothing known on either side."""
    padded = [None, *values, None]
    return [
        value is not None and padded[place] is None and padded[place + 2] is None
        for place, value in enumerate(values)
    ]


def _exact(values: Sequence[float | None], measure: Said, lang: Language) -> list[str]:
    return [lang.text("unknown") if value is None else measure.exact(value) for value in values]


def _ticks(series: PeriodSeries, names: Sequence[str], lang: Language) -> dict[str, Any]:
    firsts = [step.first for step in series.steps]
    if series.grain == "day":
        return day_ticks(firsts, names, lang)
    gap = -(-len(firsts) // (MAX_WEEK_TICKS if series.grain == "week" else MAX_DAY_TICKS))
    chosen = range(0, len(firsts), gap)
    return {
        "tickmode": "array",
        "tickvals": [names[index] for index in chosen],
        "ticktext": [_short(firsts[index], series, lang) for index in chosen],
        "tickangle": 0,
    }


def _short(first: date, series: PeriodSeries, lang: Language) -> str:
    if series.grain == "week":
        return lang.day(first)
    return f"{lang.month(first)}<br>{first.year}"
