"""One measure over time: bars, the period before as a pale line, and the moving average."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from analytics_app.analysis.measures import Said
from analytics_app.analysis.timeseries import WINDOWS, Course
from analytics_app.charts.axes import MOST_DAY_TICKS, MOST_WEEK_TICKS, day_ticks, value_ticks
from analytics_app.charts.drawing import HOVER, Figure, Trace, figure, hatched
from analytics_app.charts.theme import Look
from analytics_app.i18n.languages import Language
from db.usage.periods import Period


def step_name(step: Period, course: Course, said: Language) -> str:
    """A day, the span of a week, or a month."""
    match course.grain:
        case "day":
            return said.full_day(step.first)
        case "week":
            return said.span(step.first, step.last)
        case "month":
            return said.full_month(step.first)


def average_name(course: Course, said: Language) -> str:
    """What the average is over."""
    window = WINDOWS[course.grain]
    match course.grain:
        case "day":
            return said.text("average of {count} days", count=window)
        case "week":
            return said.text("average of {count} weeks", count=window)
        case "month":
            return said.text("average of {count} months", count=window)


def trend(course: Course, measure: Said, look: Look) -> Figure:
    """The steps as bars, the last one hatched while it goes on; the two lines share their scale."""
    said = look.language
    names = [step_name(step, course, said) for step in course.steps]
    if course.provisional:
        names[-1] = said.text("{bar} so far", bar=names[-1])
    before = [step_name(step, course, said) for step in course.earlier_steps]
    earlier = {
        "name": said.text("period before"),
        "line": {"color": look.palette.others, "width": 1.6},
        **_line(course.earlier_values, measure, notes=before),
    }
    average = {
        "name": average_name(course, said),
        "line": {"color": look.palette.accent, "width": 2.4},
        **_line(course.averages, measure),
    }
    drawn = (*course.values, *course.earlier_values, *course.averages)
    return figure(
        [{"x": names, **trace} for trace in (_bars(course, measure, look), earlier, average)],
        look,
        # Said, or the axis would make room for points beyond the bars.
        xaxis={"type": "category", "range": [-0.5, len(names) - 0.5], **_ticks(course, names, said)},
        yaxis=value_ticks(max((value for value in drawn if value is not None), default=0), measure.tick),
        bargap=0.24,
    )


def _bars(course: Course, measure: Said, look: Look) -> Trace:
    shapes = [""] * course.over + ["/"] * course.provisional
    return {
        "type": "bar",
        "y": course.values,
        "name": measure.title,
        "customdata": _exact(course.values, measure, look.language),
        "hovertemplate": HOVER,
        "marker": {"color": look.palette.heat[2], "line": {"width": 0}, "pattern": hatched(shapes, look)},
    }


def _line(values: Sequence[float | None], measure: Said, *, notes: Sequence[str] = ()) -> Trace:
    said = ["" if value is None else measure.exact(value) for value in values]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        # A line needs two values; one that stands alone is a point.
        "marker": {"size": [8 if alone else 0 for alone in _alone(values)]},
        "y": values,
        "customdata": [f"{text} · {note}" for text, note in zip(said, notes, strict=True)] if notes else said,
        "hovertemplate": HOVER,
    }


def _alone(values: Sequence[float | None]) -> list[bool]:
    """Known, with nothing known on either side."""
    padded = [None, *values, None]
    return [
        value is not None and padded[place] is None and padded[place + 2] is None
        for place, value in enumerate(values)
    ]


def _exact(values: Sequence[float | None], measure: Said, said: Language) -> list[str]:
    return [said.text("unknown") if value is None else measure.exact(value) for value in values]


def _ticks(course: Course, names: Sequence[str], said: Language) -> dict[str, Any]:
    firsts = [step.first for step in course.steps]
    if course.grain == "day":
        return day_ticks(firsts, names, said)
    gap = -(-len(firsts) // (MOST_WEEK_TICKS if course.grain == "week" else MOST_DAY_TICKS))
    chosen = range(0, len(firsts), gap)
    return {
        "tickmode": "array",
        "tickvals": [names[index] for index in chosen],
        "ticktext": [_short(firsts[index], course, said) for index in chosen],
        "tickangle": 0,
    }


def _short(first: date, course: Course, said: Language) -> str:
    if course.grain == "week":
        return said.day(first)
    return f"{said.month(first)}<br>{first.year}"
