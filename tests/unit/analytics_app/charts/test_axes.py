"""Ticks are few, round, and in the reader's language."""

from datetime import date, timedelta

import pytest

from analytics_app.charts.axes import (
    MAX_DAY_TICKS,
    MAX_WEEK_TICKS,
    day_ticks,
    dollar_ticks,
    round_step,
    value_ticks,
)
from analytics_app.i18n.languages import Language


@pytest.mark.parametrize("count", [1, 7, 8, 9, 30, 90, 119, 200, 365, 1098])
def test_a_period_of_any_length_has_a_few_labels(count: int, today: date, english: Language) -> None:
    days = [today - timedelta(days=back) for back in range(count)][::-1]
    ticks = day_ticks(days, [day.isoformat() for day in days], english)
    assert 1 <= len(ticks["tickvals"]) <= MAX_DAY_TICKS


@pytest.mark.parametrize("count", [30, 60, 90, 119])
def test_days_of_months_are_few_enough_for_a_phone(count: int, today: date, english: Language) -> None:
    days = [today - timedelta(days=back) for back in range(count)][::-1]
    assert 4 <= len(day_ticks(days, [day.isoformat() for day in days], english)["tickvals"]) <= MAX_WEEK_TICKS


def test_a_month_is_labelled_at_its_mondays(today: date, german: Language) -> None:
    days = [today - timedelta(days=back) for back in range(30)][::-1]
    ticks = day_ticks(days, [day.isoformat() for day in days], german)
    assert ticks["ticktext"] == ["26. Okt.", "2. Nov.", "9. Nov.", "16. Nov."]


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (4, 1), (5, 2), (17, 5), (400, 100), (17_000_000, 5_000_000)]
)
def test_steps_are_round(most: int, step: int) -> None:
    assert round_step(most) == step


def test_token_labels_are_short_in_german(german: Language) -> None:
    labels = value_ticks(17_000_000, german.compact)["ticktext"]
    assert [label.replace("\xa0", " ") for label in labels][:3] == ["0", "5 Mio.", "10 Mio."]


@pytest.mark.parametrize(
    ("most", "last", "text"),
    [(0.03, 0.03, "$0.03"), (0.7, 0.6, "$0.60"), (3.0, 3, "$3"), (0.004, 0.01, "$0.01")],
)
def test_small_sums_are_marked_in_cents(most: float, last: float, text: str, english: Language) -> None:
    ticks = dollar_ticks(most, english)
    shown = [value for value in ticks["tickvals"] if value <= ticks["range"][1]]
    assert (shown[-1], ticks["ticktext"][len(shown) - 1]) == (last, text)
    assert most <= ticks["range"][1] <= max(most * 1.05, 0.011)


def test_nothing_is_marked_in_dollars(english: Language) -> None:
    assert dollar_ticks(0.0, english) == value_ticks(0.0, english.dollars)
