"""The steps of a session, with times that never meet on the axis."""

import pytest

from analytics_app.charts.session_timeline import MAX_LONG_TICKS, MAX_TICKS, session_timeline
from analytics_app.charts.theme import ChartStyle


@pytest.mark.parametrize(("seconds", "most"), [(60, MAX_TICKS), (600, MAX_LONG_TICKS)])
def test_times_with_hours_are_fewer(seconds: int, most: int, style: ChartStyle) -> None:
    steps = [(place * seconds, 1, 1, 0) for place in range(40)]
    assert len(session_timeline(steps, style)["layout"]["xaxis"]["ticktext"]) in (most - 1, most)
