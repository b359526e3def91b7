"""Retention limits: midnights in team time, only for kinds with a setting."""

from datetime import date

import pytest

from db.lifecycle.retention import RetentionPolicy
from tasks.config import WorkerSettings

TODAY = date(2026, 3, 30)


def test_data_without_a_setting_is_kept_forever() -> None:
    assert list(WorkerSettings().policy.limits("UTC", TODAY)) == []


@pytest.mark.parametrize(
    ("zone", "days", "midnight"),
    [
        ("UTC", 1, "2026-03-30T00:00:00+00:00"),
        ("UTC", 30, "2026-03-01T00:00:00+00:00"),
        # Before the clocks were put forward.
        ("Europe/Berlin", 2, "2026-03-29T00:00:00+01:00"),
        ("Europe/Berlin", 1, "2026-03-30T00:00:00+02:00"),
    ],
)
def test_the_last_days_are_kept_from_their_first_midnight_on(zone: str, days: int, midnight: str) -> None:
    assert [
        (kind, before.isoformat()) for kind, before in RetentionPolicy(text=days).limits(zone, TODAY)
    ] == [("text", midnight)]


def test_each_setting_keeps_its_own_kind() -> None:
    settings = WorkerSettings(
        insights_retention_text_days=1,
        insights_retention_sessions_days=2,
        insights_retention_quarantine_days=3,
        insights_retention_audit_days=4,
    )

    assert settings.policy == RetentionPolicy(text=1, sessions=2, quarantine=3, audit=4)
