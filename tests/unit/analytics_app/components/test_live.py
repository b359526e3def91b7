"""An open page learns that its figures are old: a rollup changed, or a new day began."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analytics_app.components.live import marker
from analytics_app.context.config import AnalyticsSettings
from analytics_app.context.service import Service

EVENING = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


class Rollups:
    """Knows when they changed, and nothing else."""

    def __init__(self, changed: datetime | None) -> None:
        self.changed = changed

    def fetch_one(self, statement: str, **_parameters: object) -> dict[str, Any]:
        assert statement == "fetch_latest_change"
        return {"changed_at": self.changed}


def marker_at(now: datetime, changed: datetime | None) -> str:
    settings = AnalyticsSettings(secret_key="k" * 40)
    return marker(Service(Rollups(changed), settings, lambda: now))  # type: ignore[arg-type]


@pytest.mark.parametrize(("now", "changed"), [(AFTER_MIDNIGHT, None), (EVENING, EVENING)])
def test_a_new_day_and_a_changed_rollup_are_news(now: datetime, changed: datetime | None) -> None:
    assert marker_at(now, changed) != marker_at(EVENING, None)


def test_a_minute_is_no_news() -> None:
    assert marker_at(EVENING.replace(minute=31), EVENING) == marker_at(EVENING, EVENING)
