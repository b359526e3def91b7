"""The steps of a session, with times that never meet on the axis."""

import pytest

from analytics_app.charts.session_timeline import MOST_LONG_TICKS, MOST_TICKS, session_course
from analytics_app.charts.theme import Look


@pytest.mark.parametrize(("seconds", "most"), [(60, MOST_TICKS), (600, MOST_LONG_TICKS)])
def test_times_with_hours_are_fewer(seconds: int, most: int, look: Look) -> None:
    steps = [(place * seconds, 1, 1, 0) for place in range(40)]
    assert len(session_course(steps, look)["layout"]["xaxis"]["ticktext"]) in (most - 1, most)
