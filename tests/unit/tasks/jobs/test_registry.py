"""The cooldown of rollups: short when there is little to do, longer while many uploads wait."""

import pytest

from tasks.jobs import registry


@pytest.mark.parametrize(
    ("took", "uploads", "seconds"),
    [
        (0.01, 0, registry.ROLLUP_COOLDOWN_SECONDS),
        (0.3, 0, 0.9),
        (9.0, 0, registry.MAX_ROLLUP_COOLDOWN_SECONDS),
        (0.01, registry.BACKLOG_UPLOADS, registry.ROLLUP_COOLDOWN_SECONDS),
        (0.01, registry.BACKLOG_UPLOADS + 100, registry.ROLLUP_COOLDOWN_SECONDS + 0.5),
        (9.0, 10_000, registry.MAX_COOLDOWN_SECONDS),
    ],
)
def test_the_cooldown_of_rollups_depends_on_their_cost_and_the_backlog(
    took: float, uploads: int, seconds: float
) -> None:
    assert registry.rollup_cooldown(took, uploads) == pytest.approx(seconds)
