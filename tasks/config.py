"""Settings of the worker and the scheduler, each read once by its entry point."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from db.config import (
    OwnSettings,
    PostgresSettings,
    TimeZoneSettings,
)
from db.lifecycle.retention import RetentionPolicy
from tasks.exports.config import MAX_DAYS, ExportSettings
from tasks.queue.settings import RedisSettings


def time_of_day(value: str) -> str:
    """Accept only hours and minutes."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError("must be a time of day such as 02:00")
    return value


Days = Annotated[int, Field(ge=0, le=MAX_DAYS)]


class RetentionSettings(OwnSettings):
    """For how many team days, today among them, each kind is kept; 0 = for ever."""

    #: Texts of sessions, tool calls and plans.
    insights_retention_text_days: Days = 0
    #: Sessions and plans themselves, whose days keep their figures.
    insights_retention_sessions_days: Days = 0
    #: Uploads that could not be stored.
    insights_retention_quarantine_days: Days = 0
    #: Who did what to whom.
    insights_retention_audit_days: Days = 0

    @property
    def policy(self) -> RetentionPolicy:
        """For how long what is kept."""
        return RetentionPolicy(
            text=self.insights_retention_text_days,
            sessions=self.insights_retention_sessions_days,
            quarantine=self.insights_retention_quarantine_days,
            audit=self.insights_retention_audit_days,
        )


class WorkerSettings(PostgresSettings, RedisSettings, TimeZoneSettings, ExportSettings, RetentionSettings):
    """What the worker needs to know."""


class ScheduleSettings(OwnSettings):
    """What is due when."""

    #: When the nightly export is due, in team time.
    export_schedule: Annotated[str, AfterValidator(time_of_day)] = "02:00"


class SchedulerSettings(PostgresSettings, RedisSettings, TimeZoneSettings, ScheduleSettings):
    """What the scheduler needs to know."""
