"""Settings of the worker and the scheduler; the web apps take the address of Redis from them."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from db.config import ExportAddress, KeyPrefix, StoreSettings
from db.retention import Keep
from tasks.home import redis_url


def redis_address(value: str) -> str:
    """Accept only a URL that redis-py knows."""
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def time_of_day(value: str) -> str:
    """Accept only hours and minutes."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("must be a time of day such as 02:00")
    return value


Days = Annotated[int, Field(ge=0, le=36_500)]


class TaskSettings(StoreSettings):
    """Both stores, where and when exports are written, for how long what is kept, and what new people begin with."""

    #: Redis or Valkey; unset = the private one of `make run`, found through INSIGHTS_HOME.
    redis_url: Annotated[str, AfterValidator(redis_address)] | None = None
    #: New people take part in the leaderboard until they leave.
    insights_leaderboard_default: bool = True
    #: What every API key begins with.
    insights_key_prefix: KeyPrefix = "dkd_sk_"
    #: The folder or bucket that exports go to; unset = `exports` in the data folder.
    export_url: ExportAddress | None = None
    #: Who speaks S3, if not AWS; whose bucket it is AWS's own library reads from the usual AWS_* variables.
    aws_endpoint_url: str | None = None
    #: Where the bucket is.
    aws_region: str | None = None
    #: When the nightly export is due, in team time.
    export_schedule: Annotated[str, AfterValidator(time_of_day)] = "02:00"
    #: So many days keep files of their own before they are folded into months.
    export_retention_days: int = Field(default=30, ge=1, le=36_500)

    #: So many team days, today among them, each kind is kept; 0 = for ever. Texts of sessions, tool calls and plans;
    insights_retention_text_days: Days = 0
    #: sessions and plans themselves, whose days keep their figures;
    insights_retention_sessions_days: Days = 0
    #: uploads that could not be stored;
    insights_retention_quarantine_days: Days = 0
    #: and who did what to whom.
    insights_retention_audit_days: Days = 0

    @property
    def keep(self) -> Keep:
        """For how long what is kept."""
        return Keep(
            text=self.insights_retention_text_days,
            sessions=self.insights_retention_sessions_days,
            quarantine=self.insights_retention_quarantine_days,
            audit=self.insights_retention_audit_days,
        )

    @property
    def export_target(self) -> str:
        """Where exports go, in the one way it is written."""
        if self.export_url and "://" in self.export_url:
            return self.export_url
        return str(Path(self.export_url or self.insights_home / "exports").resolve())

    @property
    def redis(self) -> str:
        """The Redis to use."""
        return self.redis_url or redis_url(self.insights_home)
