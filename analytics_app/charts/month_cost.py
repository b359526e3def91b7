"""The cost of the running month: the line so far, and the band in which it is likely to go on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analytics_app.analysis.data_table import Cell, DataTable
from analytics_app.analysis.projection import Projection, month_of
from analytics_app.charts.axes import day_ticks, dollar_ticks
from analytics_app.charts.chart import Legend
from analytics_app.charts.drawing import Figure, Trace, figure, line
from analytics_app.charts.stacked_days import dollars
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language


@dataclass(frozen=True)
class MonthCost:
    """The month to date and its projection."""

    projection: Projection
    today: date

    def figure(self, style: ChartStyle) -> Figure:
        """Days of the month on the axis; what is to come is dashed, its range pale."""
        lang, days, past = style.language, month_of(self.today).dates(), self.projection.so_far
        names = [lang.full_day(day) for day in days]
        so_far = line(
            [lang.full_day(day) for day in past],
            list(past.values()),
            name=lang.text("so far"),
            texts=[lang.money(Decimal(cost)) for cost in past.values()],
            line={"color": style.palette.accent, "width": 2.4},
        )
        most = max(*past.values(), *(point.high for point in self.projection.outlook), 0.0)
        category = {"type": "category", "categoryorder": "array", "categoryarray": names}
        return figure(
            [so_far, *(self._outlook(style) if self.projection.outlook else ())],
            style,
            xaxis={**category, "range": [-0.5, len(days) - 0.5], **day_ticks(days, names, lang)},
            yaxis=dollar_ticks(most, lang),
        )

    def _outlook(self, style: ChartStyle) -> list[Trace]:
        """The lower end of the band, its upper end with the area between, and the likely line."""
        lang, accent, outlook = style.language, style.palette.accent, self.projection.outlook
        names = [lang.full_day(point.day) for point in outlook]
        red, green, blue = (int(accent[start : start + 2], 16) for start in (1, 3, 5))
        band = {"type": "scatter", "mode": "lines", "x": names, "line": {"width": 0}, "showlegend": False}
        band["hoverinfo"] = "skip"
        filled = {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},0.16)"}
        likely, low, high = (
            [lang.money(Decimal(value)) for value in values]
            for values in zip(*((point.likely, point.low, point.high) for point in outlook), strict=True)
        )
        return [
            {**band, "y": [point.low for point in outlook]},
            {**band, "y": [point.high for point in outlook], **filled},
            line(
                names,
                [point.likely for point in outlook],
                name=lang.text("likely"),
                texts=[f"{a} ({b} – {c})" for a, b, c in zip(likely, low, high, strict=True)],
                line={"color": accent, "width": 2, "dash": "dot"},
            ),
        ]

    def legend(self, style: ChartStyle) -> Legend:
        """The line and, where there is a projection, its band."""
        lang = style.language
        band = {"band": lang.text("likely, in four of five cases")} if self.projection.outlook else {}
        return Legend({"accent": lang.text("so far"), **band})

    def table(self, lang: Language) -> DataTable:
        """A row for every day of the running month: the sum so far, then what is likely."""
        rows: list[tuple[Cell, ...]] = [
            (day, dollars(cost), None, None, None) for day, cost in self.projection.so_far.items()
        ]
        rows += [
            (point.day, None, dollars(point.likely), dollars(point.low), dollars(point.high))
            for point in self.projection.outlook
        ]
        titles = (
            lang.text("Day"),
            lang.text("So far"),
            lang.text("Likely"),
            lang.text("At least"),
            lang.text("At most"),
        )
        return DataTable(titles, tuple(rows))
