"""The parts of the Trends page around its chart: what can be chosen, four facts, the legend and the small print."""

from dataclasses import replace

from dash import dcc, html

from analytics_app.analysis import measures, timeseries
from analytics_app.analysis.measures import Said
from analytics_app.analysis.timeseries import Course
from analytics_app.charts.trend import average_name, step_name
from analytics_app.components import legends, stat_tiles
from analytics_app.components.attributes import attributes
from analytics_app.components.fact_tiles import Fact
from analytics_app.components.filters import GRAINS, MEASURES, Selection, query_of
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.usage.breakdown_records import Grain

PATH = "/trends"


def choice(view: View) -> list[html.Div]:
    """Measures and steps as plain links, so each view has an address."""
    said, chosen = view.language, view.selection
    names = {measure: measures.said(measure, said).title for measure in MEASURES}
    shown = [
        _segment(names[measure], replace(chosen, measure=measure), active=measure == chosen.measure)
        for measure in MEASURES
    ]
    steps = {"day": said.text("Days"), "week": said.text("Weeks"), "month": said.text("Months")}
    grains = [
        _segment(steps[grain], replace(chosen, grain=grain), active=grain == chosen.steps) for grain in GRAINS
    ]
    return [
        html.Div(
            shown, className="segments measures", role="group", **attributes(aria_label=said.text("Measure"))
        ),
        html.Div(grains, className="segments", role="group", **attributes(aria_label=said.text("Steps"))),
    ]


def _segment(name: str, target: Selection, *, active: bool) -> dcc.Link:
    return dcc.Link(name, href=PATH + query_of(target), className="segment active" if active else "segment")


def facts_of(course: Course, measure: Said, said: Language) -> list[Fact]:
    """The whole, a step on average, the highest, and the change: of the steps that are over."""
    full, before = course.values[: course.over], course.earlier_values[: course.over]
    sums = timeseries.total if measure.adds_up else timeseries.mean
    now, earlier = sums(full), sums(before)
    return [
        _total(course, measure, said) if measure.adds_up else _latest(course, measure, said),
        _average(course, measure, said),
        _highest(course, measure, said),
        _change(now, earlier, measure, said),
    ]


def _average(course: Course, measure: Said, said: Language) -> Fact:
    whole = len(course.begun) == course.over
    note = said.text("only what is over") if whole else said.text("since the first, only what is over")
    return Fact(_a_step(course.grain, said), _say(timeseries.mean(course.begun), measure, said), note)


def _total(course: Course, measure: Said, said: Language) -> Fact:
    note = said.text("with what is not over yet") if course.provisional else ""
    return Fact(said.text("Total"), _say(timeseries.total(course.values), measure, said), note)


def _latest(course: Course, measure: Said, said: Language) -> Fact:
    """Of people who come back there is no total."""
    title = {
        "day": said.text("Last full day"),
        "week": said.text("Last full week"),
        "month": said.text("Last full month"),
    }[course.grain]
    if not course.over:
        return Fact(title, "–")
    step = course.steps[course.over - 1]
    return Fact(title, _say(course.values[course.over - 1], measure, said), step_name(step, course, said))


def _say(value: float | None, measure: Said, said: Language) -> str:
    return said.text("unknown") if value is None else measure.exact(value)


def _a_step(grain: Grain, said: Language) -> str:
    match grain:
        case "day":
            return said.text("A day on average")
        case "week":
            return said.text("A week on average")
        case "month":
            return said.text("A month on average")


def _highest(course: Course, measure: Said, said: Language) -> Fact:
    known = [(value, step) for value, step in zip(course.values, course.steps, strict=True) if value]
    if not known:
        return Fact(said.text("Highest"), "–")
    value, step = max(known, key=lambda found: found[0])
    return Fact(said.text("Highest"), measure.exact(value), step_name(step, course, said))


def _change(now: float | None, before: float | None, measure: Said, said: Language) -> Fact:
    title = said.text("Change")
    if now is None or before is None:
        return Fact(title, "–", said.text("not comparable"))
    moved = stat_tiles.change(now, before)
    text = stat_tiles.change_text(moved, said)
    if not before and now:
        return Fact(title, "–", text)
    return Fact(title, f"{stat_tiles.arrow(moved)} {text}", f"{measure.exact(before)} → {measure.exact(now)}")


def key(course: Course, measure: Said, said: Language) -> list[html.Span]:
    """What the bars and the lines are."""
    names = {"pale": measure.title, "others": said.text("period before")}
    if any(value is not None for value in course.averages):
        names["accent"] = average_name(course, said)
    return legends.of(names, said.text("the last one is provisional") if course.provisional else "")


def words_of(course: Course, measure: Said, view: View) -> list[html.Span]:
    """What must be known to read the chart rightly."""
    said = view.language
    before = said.span(course.earlier_steps[0].first, course.earlier_steps[-1].last)
    words = [said.text("period before: {span}", span=before)]
    if course.grain != "day":
        words.append(said.text("weeks and months are shown whole, so the first may begin before the period"))
    if not measure.adds_up:
        words.append(said.text("a person who works on several days counts once a step"))
    if view.selection.measure == "cost":
        words.append(said.text("costs are estimates at list price; tokens without a price are left out"))
    return [html.Span(word) for word in words]
