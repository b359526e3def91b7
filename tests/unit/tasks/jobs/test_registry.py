"""How long days rest: little when there is little to do, and longer behind much mail."""

import pytest

from tasks.jobs import registry


@pytest.mark.parametrize(
    ("took", "mail", "rest"),
    [
        (0.01, 0, registry.DAYS_REST_SECONDS),
        (0.3, 0, 0.9),
        (9.0, 0, registry.MAX_DAYS_COOLDOWN_SECONDS),
        (0.01, registry.MANY_UPLOADS, registry.DAYS_REST_SECONDS),
        (0.01, registry.MANY_UPLOADS + 100, registry.DAYS_REST_SECONDS + 0.5),
        (9.0, 10_000, registry.MAX_COOLDOWN_SECONDS),
    ],
)
def test_days_rest_by_what_they_cost_and_what_waits(took: float, mail: int, rest: float) -> None:
    assert registry.days_rest(took, mail) == pytest.approx(rest)
