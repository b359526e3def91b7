"""The line below a chart that says what its colours are."""

from collections.abc import Mapping, Sequence
from datetime import date

from dash import html

from analytics_app.charts.stacked_days import Drawing, Layer
from analytics_app.i18n.languages import Language


def of(names: Mapping[str, str], note: str = "") -> list[html.Span]:
    """Class of a swatch → its words, and perhaps a note at the end."""
    entries = [_entry(kind, name) for kind, name in names.items()]
    return [*entries, html.Span(note, className="legend-note")] if note else entries


def provisional(days: Sequence[date], today: date, lang: Language) -> str:
    """The note of a chart of days whose last one is still going."""
    return lang.text("today is provisional") if today in days else ""


def of_layers(layers: Sequence[Layer], drawing: Drawing, *, provisional: bool) -> list[html.Span]:
    """The layers of a chart of days, and whether the last day is still going."""
    entries = [_entry(_category(layer, drawing), drawing.name(layer)) for layer in layers]
    if provisional and layers:
        lang = drawing.look.language.text("today is provisional")
        entries.append(html.Span(lang, className="legend-note"))
    return entries


def of_heat(most: int, lang: Language) -> list[html.Span]:
    """From no session to the busiest hour."""
    busiest = lang.plural("{count} session", "{count} sessions", most)
    ends = [html.Span(lang.number(0)), html.Span(className="heat"), html.Span(busiest)]
    return [html.Span(ends, className="legend-entry")]


def _category(layer: Layer, drawing: Drawing) -> str:
    return "others" if layer.name is None else f"category-{drawing.places.get(layer.name, 0)}"


def _entry(kind: str, name: str) -> html.Span:
    words = html.Span(name, className="legend-name", title=name)
    return html.Span([html.Span(className=f"swatch {kind}"), words], className="legend-entry")
