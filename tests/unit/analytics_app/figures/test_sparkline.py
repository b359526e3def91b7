"""The small line in a card."""

from urllib.parse import unquote

import pytest

from analytics_app.figures.sparkline import MOST_POINTS, sparkline


def points(values: list[float]) -> list[tuple[float, float]]:
    svg = unquote(sparkline(values))
    line = svg.split('<polyline points="')[1].split('"')[0]
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())]


def test_the_highest_value_is_at_the_top_and_zero_at_the_bottom() -> None:
    assert points([0, 5, 10]) == [(0.0, 34.0), (100.0, 18.0), (200.0, 2.0)]


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [3.0]])
def test_little_or_nothing_is_a_flat_line(values: list[float]) -> None:
    assert len({y for _x, y in points(values)}) == 1


def test_a_year_is_as_light_as_a_month() -> None:
    assert len(points([1.0] * 365)) <= MOST_POINTS
