"""Calls of one tool per day, stacked by how they ended."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics_app.analysis.data_table import Cell, DataTable
from analytics_app.charts.axes import day_names, day_ticks, value_ticks
from analytics_app.charts.chart import Legend
from analytics_app.charts.drawing import Figure, bars, figure, hatched
from analytics_app.charts.stacked_days import gap, today_note
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import CallDay, Calls

NONE = Calls(call_count=0, success_count=0, error_count=0, unreported_count=0)


def filled(rows: Iterable[CallDay], days: Sequence[date]) -> list[Calls]:
    """A value for every day; a day without calls counts zero."""
    by_day: dict[date, Calls] = {row.stat_date: row for row in rows}
    return [by_day.get(day, NONE) for day in days]


def outcome_legend(lang: Language, note: str = "") -> Legend:
    """How a call can end, from the bottom of a bar to its top."""
    names = lang.text("Without error"), lang.text("With an error"), lang.text("Not reported")
    return Legend(dict(zip(("went", "failed", "unknown"), names, strict=True)), note)


def outcome_columns(lang: Language) -> list[tuple[str, Callable[[Calls], Cell]]]:
    """Calls in all and by how they ended, for a table."""
    return [
        (lang.text("Calls"), lambda calls: calls.call_count),
        (lang.text("Successes"), lambda calls: calls.success_count),
        (lang.text("Errors"), lambda calls: calls.error_count),
        (lang.text("Not reported"), lambda calls: calls.unreported_count),
    ]


@dataclass(frozen=True)
class CallDays:
    """Calls by day; the rows may begin before the first day that is shown."""

    rows: Sequence[CallDay]
    days: Sequence[date]
    today: date

    def axis(self, lang: Language) -> tuple[list[str], dict[str, Any]]:
        """The names of the days, and the axis that they are on."""
        names = day_names(self.days, self.today, lang)
        return names, {"type": "category", **day_ticks(self.days, names, lang)}

    def columns(self, lang: Language) -> list[tuple[str, Iterable[Cell]]]:
        """The columns of the table: the days, their calls and how they ended."""
        calls = filled(self.rows, self.days)
        counts = ((title, map(count, calls)) for title, count in outcome_columns(lang))
        return [(lang.text("Day"), self.days), *counts]


class ToolCalls(CallDays):
    """The calls of one tool by outcome."""

    def figure(self, style: ChartStyle) -> Figure:
        """Bars by day, in three layers; today hatched."""
        lang, palette, calls = style.language, style.palette, filled(self.rows, self.days)
        names, xaxis = self.axis(lang)
        layers = zip(
            outcome_legend(lang).swatches.values(),
            (palette.accent, palette.categories[1], palette.others),
            zip(*((one.success_count, one.error_count, one.unreported_count) for one in calls), strict=True),
            strict=True,
        )
        return figure(
            [
                bars(
                    names,
                    [count or None for count in counts],
                    name=name,
                    texts=[lang.plural("{count} call", "{count} calls", count) for count in counts],
                    colour=colour,
                    pattern=hatched([day == self.today for day in self.days], style),
                )
                for name, colour, counts in layers
            ],
            style,
            xaxis=xaxis,
            yaxis=value_ticks(max((one.call_count for one in calls), default=0), lang.compact),
            barmode="stack",
            bargap=gap(self.days),
        )

    def legend(self, style: ChartStyle) -> Legend:
        """The outcomes; nothing where there was no call."""
        if not self.rows:
            return Legend()
        return outcome_legend(style.language, today_note(self.days, self.today, style.language))

    def table(self, lang: Language) -> DataTable:
        """A row for every day, newest first."""
        return DataTable.newest_first(*self.columns(lang))
