"""The four cards of the Tools page: calls, the share without error, errors, and what was not reported."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analytics_app.charts.tool_calls import filled
from analytics_app.components.stat_tiles import Card, Change, change
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import CallDay, Calls
from db.usage.periods import Period

COUNT = 4


@dataclass(frozen=True)
class CallSeries:
    """A period day by day, its sums, and those of its full days and of as many of the period before."""

    days: list[Calls]
    now: Calls
    full: Calls
    before: Calls
    full_days: int

    def change(self, measure: Callable[[Calls], float | None]) -> Change | None:
        """Compare like with like; None where one side is not known."""
        now, before = measure(self.full), measure(self.before)
        if not self.full_days or now is None or before is None:
            return None
        return change(now, before)

    def said_of_full_days(self, say: Callable[[Calls], str]) -> str:
        """The figure of the full days, where the period ends with one that is not; else nothing."""
        return say(self.full) if self.full_days < len(self.days) else ""


def series(rows: list[CallDay], period: Period, full: Period | None, before: Period | None) -> CallSeries:
    """From the days of both periods, as far as there are any."""
    return CallSeries(
        days=filled(rows, period.dates()),
        now=between(rows, period),
        full=between(rows, full),
        before=between(rows, before),
        full_days=full.days if full else 0,
    )


def between(rows: Iterable[CallDay], period: Period | None) -> Calls:
    """The sums of the days in the period."""
    own = [row for row in rows if period and period.first <= row.stat_date <= period.last]
    return Calls(
        call_count=sum(row.call_count for row in own),
        success_count=sum(row.success_count for row in own),
        error_count=sum(row.error_count for row in own),
        unreported_count=sum(row.unreported_count for row in own),
    )


def cards_of(series: CallSeries, lang: Language) -> list[Card]:
    """Calls, without error, errors and not reported."""
    return [
        _calls(series, lang),
        _without_error(series, lang),
        _errors(series, lang),
        _unreported(series, lang),
    ]


def _calls(series: CallSeries, lang: Language) -> Card:
    return _counted(series, lang, lang.text("Calls"), lambda calls: calls.call_count)


def _without_error(series: CallSeries, lang: Language) -> Card:
    def say(calls: Calls) -> str:
        if not calls.call_count:
            return "–"
        return lang.text("unknown") if calls.success_rate is None else lang.percent(calls.success_rate)

    known = lang.text("of {calls} with a known outcome", calls=lang.compact(series.now.reported))
    return Card(
        title=lang.text("Without error"),
        value=say(series.now),
        beside="",
        change=series.change(lambda calls: calls.success_rate),
        before=say(series.before),
        series=[day.success_rate for day in series.days],
        full=series.said_of_full_days(say),
        note=known if series.now.reported else "",
    )


def _errors(series: CallSeries, lang: Language) -> Card:
    return _counted(series, lang, lang.text("Errors"), known_errors, more_is_good=False)


def known_errors(calls: Calls) -> int | None:
    """None where calls were made and none of their outcomes is known: nought would be a claim."""
    return None if calls.call_count and not calls.reported else calls.error_count


def _unreported(series: CallSeries, lang: Language) -> Card:
    now = series.now
    share = lang.percent(now.unreported_count / now.call_count) if now.call_count else ""
    note = lang.text("{share} of all calls", share=share) if share else ""
    return _counted(
        series,
        lang,
        lang.text("Outcome not reported"),
        lambda calls: calls.unreported_count,
        more_is_good=False,
        note=note,
    )


def _counted(
    series: CallSeries,
    lang: Language,
    title: str,
    measure: Callable[[Calls], int | None],
    *,
    more_is_good: bool = True,
    note: str = "",
) -> Card:
    def say(calls: Calls) -> str:
        count = measure(calls)
        return lang.text("unknown") if count is None else lang.compact(count)

    return Card(
        title=title,
        value=say(series.now),
        beside="",
        change=series.change(measure),
        before=say(series.before),
        series=[None if measure(series.now) is None else measure(day) for day in series.days],
        full=series.said_of_full_days(say),
        more_is_good=more_is_good,
        note=note,
    )
