"""What every chart consists of: a figure, its legend and its table, all made from the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from analytics_app.analysis.data_table import DataTable
from analytics_app.charts.drawing import Figure
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language


@dataclass(frozen=True)
class Legend:
    """What the colours of a chart mean, as data; components/panels.py shows it."""

    #: The CSS class of a swatch → the name of what it stands for.
    swatches: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    #: The names of both ends of a scale of colours, for a heat map.
    scale: tuple[str, str] | None = None


class Chart(Protocol):
    """The rows of one chart, with the ways to show them."""

    def figure(self, style: ChartStyle) -> Figure:
        """Return the figure as the dict that Plotly reads."""

    def legend(self, style: ChartStyle) -> Legend:
        """Return what the colours of the figure mean; empty where nothing is drawn."""

    def table(self, lang: Language) -> DataTable:
        """Return the numbers of the figure, the newest first where they are of days."""
