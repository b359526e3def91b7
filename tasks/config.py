"""Settings of the worker and the scheduler, each read once by its entry point."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from db.config import (
    ExportLocationSettings,
    OwnSettings,
    PostgresSettings,
    TimeZoneSettings,
    url_port,
)
from db.lifecycle.retention import RetentionPolicy
from tasks.queue.settings import RedisSettings


def time_of_day(value: str) -> str:
    """Accept only hours and minutes."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError("must be a time of day such as 02:00")
    return value


def http_address(value: str) -> str:
    """Accept only an http or https URL."""
    if not re.fullmatch(r"https?://[^/\s?#]+[^\s]*", value):
        raise ValueError("must begin with http:// or https://")
    return value


#: A hundred years.
MAX_DAYS = 36_500
Days = Annotated[int, Field(ge=0, le=MAX_DAYS)]


class ExportSettings(ExportLocationSettings):
    """How exported files are written, and for how long days are kept apart."""

    #: Address of an S3 service other than AWS; credentials come from the usual AWS_* variables.
    aws_endpoint_url: Annotated[str, AfterValidator(http_address), AfterValidator(url_port)] | None = None
    #: The region of the bucket.
    aws_region: str | None = Field(default=None, pattern=r"^[a-z0-9-]{1,64}$")
    #: For how many days each day keeps its own files, before they are merged into those of its month.
    export_retention_days: int = Field(default=30, ge=1, le=MAX_DAYS)


class RetentionSettings(OwnSettings):
    """For how many team days, including today, each kind of data is kept; 0 = forever."""

    #: Texts of sessions, tool calls and plans.
    insights_retention_text_days: Days = 0
    #: Sessions and plans; the daily figures are kept.
    insights_retention_sessions_days: Days = 0
    #: Quarantined uploads, which could not be stored.
    insights_retention_quarantine_days: Days = 0
    #: Events of the audit log.
    insights_retention_audit_days: Days = 0

    @property
    def policy(self) -> RetentionPolicy:
        """The retention of each kind of data."""
        return RetentionPolicy(
            text=self.insights_retention_text_days,
            sessions=self.insights_retention_sessions_days,
            quarantine=self.insights_retention_quarantine_days,
            audit=self.insights_retention_audit_days,
        )


class WorkerSettings(PostgresSettings, RedisSettings, TimeZoneSettings, ExportSettings, RetentionSettings):
    """Every setting that the worker reads."""


class ScheduleSettings(OwnSettings):
    """The times of scheduled tasks, in team time."""

    #: When the nightly export is due, in team time.
    export_schedule: Annotated[str, AfterValidator(time_of_day)] = "02:00"


class SchedulerSettings(PostgresSettings, RedisSettings, TimeZoneSettings, ScheduleSettings):
    """Every setting that the scheduler reads."""
