"""The parts of the Trends page around its chart: what can be chosen, four facts, the legend and the small print."""

from dataclasses import replace

from dash import dcc, html

from analytics_app.analysis import measures, timeseries
from analytics_app.analysis.measures import Said
from analytics_app.analysis.timeseries import PeriodSeries
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
    lang, chosen = view.language, view.selection
    names = {measure: measures.lang(measure, lang).title for measure in MEASURES}
    shown = [
        _segment(names[measure], replace(chosen, measure=measure), active=measure == chosen.measure)
        for measure in MEASURES
    ]
    steps = {"day": lang.text("Days"), "week": lang.text("Weeks"), "month": lang.text("Months")}
    grains = [
        _segment(steps[grain], replace(chosen, grain=grain), active=grain == chosen.steps) for grain in GRAINS
    ]
    return [
        html.Div(
            shown, className="segments measures", role="group", **attributes(aria_label=lang.text("Measure"))
        ),
        html.Div(grains, className="segments", role="group", **attributes(aria_label=lang.text("Steps"))),
    ]


def _segment(name: str, target: Selection, *, active: bool) -> dcc.Link:
    return dcc.Link(name, href=PATH + query_of(target), className="segment active" if active else "segment")


def facts_of(series: PeriodSeries, measure: Said, lang: Language) -> list[Fact]:
    """The whole, a step on average, the highest, and the change: of the steps that are over."""
    full, before = series.values[: series.over], series.earlier_values[: series.over]
    sums = timeseries.total if measure.adds_up else timeseries.mean
    now, earlier = sums(full), sums(before)
    return [
        _total(series, measure, lang) if measure.adds_up else _latest(series, measure, lang),
        _average(series, measure, lang),
        _highest(series, measure, lang),
        _change(now, earlier, measure, lang),
    ]


def _average(series: PeriodSeries, measure: Said, lang: Language) -> Fact:
    whole = len(series.begun) == series.over
    note = lang.text("only what is over") if whole else lang.text("since the first, only what is over")
    return Fact(_a_step(series.grain, lang), _say(timeseries.mean(series.begun), measure, lang), note)


def _total(series: PeriodSeries, measure: Said, lang: Language) -> Fact:
    note = lang.text("with what is not over yet") if series.provisional else ""
    return Fact(lang.text("Total"), _say(timeseries.total(series.values), measure, lang), note)


def _latest(series: PeriodSeries, measure: Said, lang: Language) -> Fact:
    """Of people who come back there is no total."""
    title = {
        "day": lang.text("Last full day"),
        "week": lang.text("Last full week"),
        "month": lang.text("Last full month"),
    }[series.grain]
    if not series.over:
        return Fact(title, "–")
    step = series.steps[series.over - 1]
    return Fact(title, _say(series.values[series.over - 1], measure, lang), step_name(step, series, lang))


def _say(value: float | None, measure: Said, lang: Language) -> str:
    return lang.text("unknown") if value is None else measure.exact(value)


def _a_step(grain: Grain, lang: Language) -> str:
    match grain:
        case "day":
            return lang.text("A day on average")
        case "week":
            return lang.text("A week on average")
        case "month":
            return lang.text("A month on average")


def _highest(series: PeriodSeries, measure: Said, lang: Language) -> Fact:
    known = [(value, step) for value, step in zip(series.values, series.steps, strict=True) if value]
    if not known:
        return Fact(lang.text("Highest"), "–")
    value, step = max(known, key=lambda found: found[0])
    return Fact(lang.text("Highest"), measure.exact(value), step_name(step, series, lang))


def _change(now: float | None, before: float | None, measure: Said, lang: Language) -> Fact:
    title = lang.text("Change")
    if now is None or before is None:
        return Fact(title, "–", lang.text("not comparable"))
    moved = stat_tiles.change(now, before)
    text = stat_tiles.change_text(moved, lang)
    if not before and now:
        return Fact(title, "–", text)
    return Fact(title, f"{stat_tiles.arrow(moved)} {text}", f"{measure.exact(before)} → {measure.exact(now)}")


def key(series: PeriodSeries, measure: Said, lang: Language) -> list[html.Span]:
    """What the bars and the lines are."""
    names = {"pale": measure.title, "others": lang.text("period before")}
    if any(value is not None for value in series.averages):
        names["accent"] = average_name(series, lang)
    return legends.of(names, lang.text("the last one is provisional") if series.provisional else "")


def words_of(series: PeriodSeries, measure: Said, view: View) -> list[html.Span]:
    """What must be known to read the chart rightly."""
    lang = view.language
    before = lang.span(series.earlier_steps[0].first, series.earlier_steps[-1].last)
    words = [lang.text("period before: {span}", span=before)]
    if series.grain != "day":
        words.append(lang.text("weeks and months are shown whole, so the first may begin before the period"))
    if not measure.adds_up:
        words.append(lang.text("a person who works on several days counts once a step"))
    if view.selection.measure == "cost":
        words.append(lang.text("costs are estimates at list price; tokens without a price are left out"))
    return [html.Span(word) for word in words]
