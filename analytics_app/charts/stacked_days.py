"""Tokens or costs per day in layers, by model or by project: bars that stand on each other, today hatched."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from analytics_app.analysis.data_table import Cell, DataTable
from analytics_app.charts.axes import day_ticks, dollar_ticks, so_far, value_ticks
from analytics_app.charts.chart import Legend
from analytics_app.charts.drawing import Figure, bars, figure, hatched
from analytics_app.charts.theme import ChartStyle, assign_colours, label, palette_slots
from analytics_app.i18n.languages import Language

SHOWN_LAYERS = 6
MAX_WIDE_BARS = 120


@dataclass(frozen=True)
class Layer:
    """One layer of the bars; no name = all that are too small to be shown alone."""

    name: str | None
    values: tuple[float, ...]


def layers(
    amounts: Iterable[tuple[date, str | None, float]], days: Sequence[date], limit: int = SHOWN_LAYERS
) -> list[Layer]:
    """The largest names as a layer each, largest first, then the rest together with what has no name.

    `amounts` are days, names and how much; every layer has a value for each of the days.
    """
    by_name: dict[str | None, dict[date, float]] = defaultdict(lambda: defaultdict(int))
    for day, name, amount in amounts:
        by_name[name][day] += amount
    remainder = [by_name.pop(None)] if None in by_name else []
    ranked = sorted(by_name, key=lambda name: (-sum(by_name[name].values()), name))
    found = [Layer(name, tuple(by_name[name].get(day, 0) for day in days)) for name in ranked[:limit]]
    remainder += [by_name[name] for name in ranked[limit:]]
    if remainder:
        found.append(Layer(None, tuple(sum(one.get(day, 0) for one in remainder) for day in days)))
    return found


@dataclass(frozen=True)
class StackedDays(ABC):
    """Layers over days: the chart without its unit."""

    layers: Sequence[Layer]
    days: Sequence[date]
    today: date
    #: What a layer with an empty name is called.
    nameless: str
    #: All names of a long period, most used first, so that each keeps its colour under every filter.
    by_use: Sequence[str] = ()

    @abstractmethod
    def exact(self, value: float, lang: Language) -> str:
        """A value with its unit, as the hover shows it."""

    @abstractmethod
    def value_axis(self, most: float, lang: Language) -> dict[str, Any]:
        """The axis up to the highest bar."""

    @abstractmethod
    def totals(self, lang: Language) -> list[tuple[str, Sequence[Cell]]]:
        """The columns of the table before those of the layers: titles with a value for each day."""

    def cell(self, value: float) -> Cell:
        """A value of a layer in the table."""
        return value

    def drawn(self) -> Sequence[Layer]:
        """The layers of the figure and its legend; the table has all."""
        return self.layers

    def figure(self, style: ChartStyle) -> Figure:
        """Bars by day, one layer a name; the head of the hover is the day with its sum."""
        lang, palette_slots = style.language, self._palette_slots()
        names = [
            f"{lang.full_day(day)} · {self.exact(sum_, lang)}"
            for day, sum_ in zip(self.days, self._sums(), strict=True)
        ]
        names = [
            so_far(name, lang) if day == self.today else name
            for day, name in zip(self.days, names, strict=True)
        ]
        pattern = hatched([day == self.today for day in self.days], style)
        colours = [
            style.palette.others
            if layer.name is None
            else style.palette.categories[palette_slots[layer.name]]
            for layer in self.drawn()
        ]
        traces = [
            bars(
                names,
                [value or None for value in layer.values],
                name=label(self._name(layer, lang)),
                # With its unit, or Plotly would take the text for a number.
                texts=[self.exact(value, lang) if value else "" for value in layer.values],
                colour=colour,
                pattern=pattern,
            )
            for layer, colour in zip(self.drawn(), colours, strict=True)
        ]
        return figure(
            traces,
            style,
            xaxis={"type": "category", **day_ticks(self.days, names, lang)},
            yaxis={"rangemode": "tozero", **self.value_axis(max(self._sums(), default=0), lang)},
            barmode="stack",
            bargap=gap(self.days),
        )

    def legend(self, style: ChartStyle) -> Legend:
        """The layers, and that the last day is not over."""
        lang, palette_slots = style.language, self._palette_slots()
        swatches = {
            "others" if layer.name is None else f"category-{palette_slots[layer.name]}": self._name(
                layer, lang
            )
            for layer in self.drawn()
        }
        return Legend(swatches, today_note(self.days, self.today, lang) if swatches else "")

    def table(self, lang: Language) -> DataTable:
        """A row for every day, newest first, and a column for every layer."""
        layers = ((self._name(layer, lang), map(self.cell, layer.values)) for layer in self.layers)
        return DataTable.newest_first((lang.text("Day"), self.days), *self.totals(lang), *layers)

    def _sums(self) -> list[float]:
        return [sum(layer.values[place] for layer in self.layers) for place in range(len(self.days))]

    def _name(self, layer: Layer, lang: Language) -> str:
        return lang.text("others") if layer.name is None else layer.name or self.nameless

    def _palette_slots(self) -> dict[str, int]:
        """A colour for every name, the same on every page as far as they stay distinct."""
        shown = [layer.name for layer in self.drawn() if layer.name is not None]
        return assign_colours(shown, palette_slots(self.by_use))


class TokenDays(StackedDays):
    """Tokens per day, by model or by project."""

    def exact(self, value: float, lang: Language) -> str:
        """The rounded number of tokens with its unit."""
        return lang.text("{tokens} tokens", tokens=lang.number(round(value)))

    def value_axis(self, most: float, lang: Language) -> dict[str, Any]:
        """Round numbers in the language's short form."""
        return value_ticks(round(most), lang.compact)

    def totals(self, lang: Language) -> list[tuple[str, Sequence[Cell]]]:
        """The tokens of each day."""
        return [(lang.text("Tokens"), self._sums())]


@dataclass(frozen=True)
class CostDays(StackedDays):
    """US dollars per day, of the tokens that have a price."""

    #: Tokens without a price, by day.
    unpriced: Mapping[date, int] = field(default_factory=dict)

    def exact(self, value: float, lang: Language) -> str:
        """The amount in US dollars, formatted as money."""
        return lang.money(dollars(value))

    def value_axis(self, most: float, lang: Language) -> dict[str, Any]:
        """Round sums of dollars or cents."""
        return dollar_ticks(most, lang)

    def cell(self, value: float) -> Cell:
        """The amount to the millionth of a dollar."""
        return dollars(value)

    def drawn(self) -> Sequence[Layer]:
        """Without the models that have no price."""
        return [layer for layer in self.layers if any(layer.values)]

    def totals(self, lang: Language) -> list[tuple[str, Sequence[Cell]]]:
        """The known cost of each day, and the tokens whose cost is not known."""
        return [
            (lang.text("Estimated cost in US dollars"), [dollars(value) for value in self._sums()]),
            (lang.text("Tokens without price"), [self.unpriced.get(day, 0) for day in self.days]),
        ]


def dollars(value: float) -> Decimal:
    """An amount to the millionth, as exact as a price list is."""
    return Decimal(f"{value:.6f}")


def gap(days: Sequence[date]) -> float:
    """The space between two bars, as a share of their step: a year has no room for it."""
    return 0.24 if len(days) <= MAX_WIDE_BARS else 0.05


def today_note(days: Sequence[date], today: date, lang: Language) -> str:
    """The note of a chart of days whose last one is not over."""
    return lang.text("today is provisional") if today in days else ""
