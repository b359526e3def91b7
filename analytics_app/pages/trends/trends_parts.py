"""The tiles of the Trends page and what its footer explains."""

from dash import html

from analytics_app.analysis import timeseries
from analytics_app.analysis.measures import MeasureFormat
from analytics_app.analysis.timeseries import PeriodSeries
from analytics_app.charts.trend import step_name
from analytics_app.components import stat_tiles
from analytics_app.components.stat_tiles import StatTile
from analytics_app.i18n.languages import Language
from analytics_app.view import View


def tiles_of(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> list[StatTile]:
    """The total, a step on average, the highest step, and the change of the steps that are over."""
    first = _total(series, measure, lang) if measure.adds_up else _latest(series, measure, lang)
    return [
        first,
        _average(series, measure, lang),
        _highest(series, measure, lang),
        _change(series, measure, lang),
    ]


def _total(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    note = lang.text("with what is not over yet") if series.provisional else ""
    return StatTile(lang.text("Total"), _exact(timeseries.total(series.values), measure, lang), note)


def _latest(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    """People who come back do not add up to a total."""
    title = {
        "day": lang.text("Last full day"),
        "week": lang.text("Last full week"),
        "month": lang.text("Last full month"),
    }[series.grain]
    if not series.over:
        return StatTile(title, "–")
    last = series.over - 1
    name = step_name(series.steps[last], series, lang)
    return StatTile(title, _exact(series.values[last], measure, lang), name)


def _average(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    title = {
        "day": lang.text("A day on average"),
        "week": lang.text("A week on average"),
        "month": lang.text("A month on average"),
    }[series.grain]
    whole = len(series.begun) == series.over
    note = lang.text("only what is over") if whole else lang.text("since the first, only what is over")
    return StatTile(title, _exact(timeseries.mean(series.begun), measure, lang), note)


def _exact(value: float | None, measure: MeasureFormat, lang: Language) -> str:
    return lang.text("unknown") if value is None else measure.exact(value)


def _highest(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    known = [(value, step) for value, step in zip(series.values, series.steps, strict=True) if value]
    if not known:
        return StatTile(lang.text("Highest"), "–")
    value, step = max(known, key=lambda found: found[0])
    return StatTile(lang.text("Highest"), measure.exact(value), step_name(step, series, lang))


def _change(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    whole = timeseries.total if measure.adds_up else timeseries.mean
    now, before = whole(series.values[: series.over]), whole(series.earlier_values[: series.over])
    title = lang.text("Change")
    if now is None or before is None:
        return StatTile(title, "–", lang.text("not comparable"))
    change = stat_tiles.change(now, before)
    text = stat_tiles.change_text(change, lang)
    if not before and now:
        return StatTile(title, "–", text)
    values = f"{measure.exact(before)} → {measure.exact(now)}"
    return StatTile(title, f"{stat_tiles.arrow(change)} {text}", values)


def footer(series: PeriodSeries, measure: MeasureFormat, view: View) -> list[html.Span]:
    """What one must know to read the chart correctly."""
    lang = view.language
    before = lang.span(series.earlier_steps[0].first, series.earlier_steps[-1].last)
    notes = [lang.text("period before: {span}", span=before)]
    if series.grain != "day":
        notes.append(lang.text("weeks and months are shown whole, so the first may begin before the period"))
    if not measure.adds_up:
        notes.append(lang.text("a person who works on several days counts once a step"))
    if view.selection.measure == "cost":
        notes.append(lang.text("costs are estimates at list price; tokens without a price are left out"))
    return [html.Span(note) for note in notes]
