"""A measure per day in layers: by model, by project; bars that stand on each other, today hatched."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics_app.charts.axes import day_ticks
from analytics_app.charts.drawing import HOVER, Figure, Trace, figure, hatched
from analytics_app.charts.theme import ChartStyle, label

SHOWN_LAYERS = 6
MAX_WIDE_BARS = 120
#: A day, the name of what was used, and how much.
Cell = tuple[date, str | None, float]


@dataclass(frozen=True)
class Layer:
    """One layer of the bars; no name = all that are too small to be shown alone."""

    name: str | None
    values: tuple[float, ...]


@dataclass(frozen=True)
class Drawing:
    """How the values are drawn and said."""

    look: ChartStyle
    #: Name → its place among the categories.
    places: Mapping[str, int]
    #: What a layer is called whose name was not reported.
    nameless: str
    exact: Callable[[float], str]
    #: The axis for the highest bar.
    ticks: Callable[[float], dict[str, Any]]

    def name(self, layer: Layer) -> str:
        """What a layer is called in the legend, the hover and the table."""
        return layer_name(layer.name, self.nameless, self.look)

    def colour(self, layer: Layer) -> str:
        """The same colour for a name on every page; grey for the rest."""
        if layer.name is None:
            return self.look.palette.others
        return self.look.palette.categories[self.places.get(layer.name, 0)]


def layer_name(name: str | None, nameless: str, look: ChartStyle) -> str:
    """What a layer is called where there is no chart."""
    return look.language.text("others") if name is None else name or nameless


def layers(cells: Iterable[Cell], days: Sequence[date], limit: int = SHOWN_LAYERS) -> list[Layer]:
    """The largest as a layer each, largest first, and the rest together, with all that has no name by now."""
    by_name: dict[str | None, dict[date, float]] = defaultdict(lambda: defaultdict(int))
    for day, name, value in cells:
        by_name[name][day] += value
    rest = [by_name.pop(None)] if None in by_name else []
    ranked = sorted(by_name, key=lambda name: (-sum(by_name[name].values()), name))
    found = [Layer(name, tuple(by_name[name].get(day, 0) for day in days)) for name in ranked[:limit]]
    rest += [by_name[name] for name in ranked[limit:]]
    if rest:
        found.append(Layer(None, tuple(sum(one.get(day, 0) for one in rest) for day in days)))
    return found


def stacked_days(layers: Sequence[Layer], days: Sequence[date], today: date, drawing: Drawing) -> Figure:
    """Bars by day, one layer a name; the head of the hover says the day and its sum."""
    totals = [sum(layer.values[index] for layer in layers) for index in range(len(days))]
    names = _bar_names(days, totals, today, drawing)
    pattern = hatched(["/" if day == today else "" for day in days], drawing.look)
    return figure(
        [{**_bars(layer, drawing, pattern), "x": names} for layer in layers],
        drawing.look,
        xaxis={"type": "category", **day_ticks(days, names, drawing.look.language)},
        yaxis={"rangemode": "tozero", **drawing.ticks(max(totals, default=0))},
        barmode="stack",
        bargap=gap(days),
    )


def gap(days: Sequence[date]) -> float:
    """Between two bars, as a share of their step: a year has no room for it."""
    return 0.24 if len(days) <= MAX_WIDE_BARS else 0.05


def _bars(layer: Layer, drawing: Drawing, pattern: dict[str, Any]) -> Trace:
    return {
        "type": "bar",
        "y": [value or None for value in layer.values],
        "name": label(drawing.name(layer)),
        # With its unit, or Plotly would take the text for a number again.
        "customdata": [drawing.exact(value) if value else "" for value in layer.values],
        "hovertemplate": HOVER,
        "marker": {"color": drawing.colour(layer), "line": {"width": 0}, "pattern": pattern},
    }


def _bar_names(days: Sequence[date], totals: Sequence[float], today: date, drawing: Drawing) -> list[str]:
    lang = drawing.look.language
    names = [
        f"{lang.full_day(day)} · {drawing.exact(total)}" for day, total in zip(days, totals, strict=True)
    ]
    return [
        lang.text("{bar} so far", bar=name) if day == today else name
        for day, name in zip(days, names, strict=True)
    ]
