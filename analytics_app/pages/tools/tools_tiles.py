"""The four tiles of the Tools page: calls, the share without error, errors, and what was not reported."""

from collections.abc import Callable, Iterable
from typing import Any

from analytics_app.analysis.mcp import call_sums
from analytics_app.charts.tool_calls import filled
from analytics_app.components.stat_tiles import PeriodComparison, StatTile
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import CallDay, Calls
from db.usage.periods import Period


def compare(
    rows: list[CallDay], period: Period, full: Period | None, before: Period | None
) -> PeriodComparison[Calls]:
    """Compare both periods, as far as there are any, by the rows of their days."""
    return PeriodComparison(
        days=filled(rows, period.dates()),
        now=between(rows, period),
        full=between(rows, full),
        before=between(rows, before),
        full_days=full.days if full else 0,
    )


def between(rows: Iterable[CallDay], period: Period | None) -> Calls:
    """The sums of the days in the period."""
    return call_sums([row for row in rows if period and period.first <= row.stat_date <= period.last])


def tiles_of(series: PeriodComparison[Calls], lang: Language) -> list[StatTile]:
    """Calls, without error, errors and not reported."""
    now = series.now
    reported = lang.text("of {calls} with a known outcome", calls=lang.compact(now.reported))
    share = lang.percent(now.unreported_count / now.call_count) if now.call_count else ""

    def rate(calls: Calls) -> str:
        return lang.known(calls.success_rate, lang.percent) if calls.call_count else "–"

    def counted(title: str, measure: Callable[[Calls], int | None], **more: Any) -> StatTile:
        if measure(now) is None:
            more["series"] = [None for _ in series.days]
        return series.tile(title, measure, lambda calls: lang.known(measure(calls), lang.compact), **more)

    return [
        counted(lang.text("Calls"), lambda calls: calls.call_count),
        series.tile(
            lang.text("Without error"),
            lambda calls: calls.success_rate,
            rate,
            note=reported if now.reported else "",
        ),
        counted(lang.text("Errors"), known_errors, more_is_good=False),
        counted(
            lang.text("Outcome not reported"),
            lambda calls: calls.unreported_count,
            more_is_good=False,
            note=lang.text("{share} of all calls", share=share) if share else "",
        ),
    ]


def known_errors(calls: Calls) -> int | None:
    """None, and never 0, where calls were made and none of their outcomes is known."""
    return None if calls.call_count and not calls.reported else calls.error_count
