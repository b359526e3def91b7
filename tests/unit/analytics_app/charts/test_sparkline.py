"""The small line in a tile."""

from urllib.parse import unquote

import pytest

from analytics_app.charts.sparkline import MAX_POINTS, Values, sparkline


def lines(values: Values, *, provisional: bool = False) -> list[list[tuple[float, float]]]:
    """The points of the full line, and of the dashed one."""
    svg = unquote(sparkline(values, provisional=provisional))
    texts = [part.split('"')[0].split() for part in svg.split('<polyline points="')[1:]]
    return [[(float(x), float(y)) for x, y in (pair.split(",") for pair in text)] for text in texts]


def points(values: Values) -> list[tuple[float, float]]:
    return lines(values)[0]


def test_the_highest_value_is_at_the_top_and_zero_at_the_bottom() -> None:
    assert points([0, 5, 10]) == [(0.0, 34.0), (100.0, 18.0), (200.0, 2.0)]


@pytest.mark.parametrize("values", [[0.0], [0.0, 0.0], [3.0]])
def test_little_or_nothing_is_a_flat_line(values: list[float]) -> None:
    assert len({y for _x, y in points(values)}) == 1


def test_a_year_is_as_light_as_a_month() -> None:
    assert len(points([1.0] * 365)) <= MAX_POINTS


def test_a_day_that_is_not_over_is_dashed_and_no_part_of_the_line() -> None:
    full, dashed = lines([10, 10, 5], provisional=True)
    assert full == [(0.0, 2.0), (100.0, 2.0)]
    assert dashed == [(100.0, 2.0), (200.0, 18.0)]


def test_a_day_that_is_not_over_weighs_on_no_mean_of_a_year() -> None:
    full, _dashed = lines([10.0] * 364 + [0.0], provisional=True)
    assert {y for _x, y in full} == {2.0}


def test_today_alone_is_one_dashed_line() -> None:
    assert lines([3.0], provisional=True) == [[], [(0.0, 2.0), (200.0, 2.0)]]


@pytest.mark.parametrize(("values", "drawn"), [([5, None, 5], [0.0, 200.0]), ([None, None], [])])
def test_what_is_not_known_is_never_drawn_as_zero(values: Values, drawn: list[float]) -> None:
    assert [x for x, _y in points(values)] == drawn
