"""One measure over time: bars, the period before as a pale line, and the moving average."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from analytics_app.courses import WINDOWS, Course
from analytics_app.figures.axes import MOST_DAY_TICKS, day_ticks, value_ticks
from analytics_app.i18n import Language
from analytics_app.measures import Said
from analytics_app.theme import Look, template
from db.periods import Period


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


def trend(course: Course, measure: Said, look: Look) -> go.Figure:
    """The steps as bars, the last one hatched while it goes on; the two lines share their scale."""
    said = look.language
    names = [step_name(step, course, said) for step in course.steps]
    if course.provisional:
        names[-1] = said.text("{bar} so far", bar=names[-1])
    figure = go.Figure(layout={"template": template(look.palette), "bargap": 0.24})
    _add_bars(figure, names, course, measure, look)
    before = [step_name(step, course, said) for step in course.earlier_steps]
    _add_line(figure, names, (said.text("period before"), course.earlier_values), measure, notes=before)
    figure.data[1].update(line={"color": look.palette.others, "width": 1.6})
    _add_line(figure, names, (average_name(course, said), course.averages), measure)
    figure.data[2].update(line={"color": look.palette.accent, "width": 2.4})
    drawn = (*course.values, *course.earlier_values, *course.averages)
    most = max((value for value in drawn if value is not None), default=0)
    figure.update_xaxes(type="category", **_ticks(course, names, said))
    figure.update_yaxes(**value_ticks(most, measure.tick))
    return figure


def _add_bars(figure: go.Figure, names: Sequence[str], course: Course, measure: Said, look: Look) -> None:
    figure.add_bar(
        x=names,
        y=course.values,
        name=measure.title,
        customdata=_exact(course.values, measure, look.language),
        hovertemplate="%{fullData.name}  <b>%{customdata}</b><extra></extra>",
        marker={
            "color": look.palette.heat[2],
            "line": {"width": 0},
            "pattern": {
                "shape": [""] * course.over + ["/"] * course.provisional,
                "fillmode": "overlay",
                "fgcolor": look.palette.card,
                "fgopacity": 0.75,
                "size": 5,
                "solidity": 0.35,
            },
        },
    )


def _add_line(
    figure: go.Figure,
    names: Sequence[str],
    line: tuple[str, Sequence[float | None]],
    measure: Said,
    *,
    notes: Sequence[str] = (),
) -> None:
    name, values = line
    said = ["" if value is None else measure.exact(value) for value in values]
    figure.add_scatter(
        x=names,
        y=values,
        name=name,
        mode="lines",
        customdata=[f"{text} · {note}" for text, note in zip(said, notes, strict=True)] if notes else said,
        hovertemplate="%{fullData.name}  <b>%{customdata}</b><extra></extra>",
    )


def _exact(values: Sequence[float | None], measure: Said, said: Language) -> list[str]:
    return [said.text("unknown") if value is None else measure.exact(value) for value in values]


def _ticks(course: Course, names: Sequence[str], said: Language) -> dict[str, Any]:
    firsts = [step.first for step in course.steps]
    if course.grain == "day":
        return day_ticks(firsts, names, said)
    gap = -(-len(firsts) // MOST_DAY_TICKS)
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
