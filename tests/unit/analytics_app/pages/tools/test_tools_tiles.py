"""The tiles of the Tools page never take what was not reported for success, or for no error."""

import pytest

from analytics_app.components.stat_tiles import PeriodComparison, tiles
from analytics_app.i18n.languages import Language
from analytics_app.pages.tools.tools_tiles import tiles_of
from db.usage.breakdown_records import Calls


def calls(success: int, errors: int, unreported: int) -> Calls:
    return Calls(
        call_count=success + errors + unreported,
        success_count=success,
        error_count=errors,
        unreported_count=unreported,
    )


@pytest.mark.parametrize(
    ("done", "without_error", "errors"),
    [
        (calls(0, 0, 12), "unknown", "unknown"),
        (calls(0, 0, 0), "–", "0"),
        (calls(98, 2, 12), "98%", "2"),
    ],
)
def test_what_is_not_known_is_no_number(
    done: Calls, without_error: str, errors: str, english: Language
) -> None:
    series = PeriodComparison(days=[done], now=done, full=done, before=done, full_days=1)
    shown = tiles_of(series, english)
    assert [tile.value for tile in shown[1:3]] == [without_error, errors]


def test_what_is_not_known_is_drawn_as_nothing(english: Language) -> None:
    unknown, idle = calls(0, 0, 12), calls(0, 0, 0)
    series = PeriodComparison(
        days=[unknown, idle, idle], now=unknown, full=unknown, before=unknown, full_days=2
    )
    errors = tiles_of(series, english)[2]
    assert errors.series == [None, None, None]
    assert tiles([errors], english)[0].className == "tile"  # type: ignore[attr-defined]


def test_errors_that_nobody_reported_are_compared_with_nothing(english: Language) -> None:
    known, unknown = calls(98, 2, 0), calls(0, 0, 12)
    series = PeriodComparison(days=[known], now=known, full=known, before=unknown, full_days=1)
    assert tiles_of(series, english)[2].change is None
