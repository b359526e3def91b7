"""The scheduled tasks: what runs when, in team time. The scheduler enqueues each due run, and a worker executes it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from db import scheduled_runs
from db.accounts import logins
from db.usage import checks
from tasks.exports import exporter
from tasks.jobs.apply_retention import run as run_retention
from tasks.jobs.context import JobContext

log = structlog.get_logger()

# A longer run is split into jobs of about this length, so that uploads never wait for it.
EXPORT_SECONDS = 2.0
# Retention costs little to resume: shorter, so that uploads meanwhile are in the charts within three seconds.
RETENTION_SECONDS = 1.0


class RunResult(NamedTuple):
    """What one job did of a run: a small detail for people, whose counts are summed over all jobs of the run."""

    detail: dict[str, object]
    #: False: the run continues in another job.
    finished: bool = True


@dataclass(frozen=True)
class ScheduledTask:
    """One line of the schedule."""

    #: When, as five cron fields in team time.
    cron: str
    #: What: does one job's share of the run.
    run: Callable[[JobContext], RunResult]


def write_exports(context: JobContext) -> RunResult:
    """Write the files of all past days that changed, and merge old days into months."""
    progress = exporter.catch_up(
        context.database, context.export_target, context.today(), seconds=EXPORT_SECONDS
    )
    return RunResult({"files": progress.files, "rows": progress.rows}, progress.left == 0)


def apply_retention(context: JobContext) -> RunResult:
    """Delete what is past its retention, unless the clock may be wrong: a deletion can't be undone."""
    if any(asdict(context.policy).values()) and not scheduled_runs.is_clock_confirmed(
        context.database, datetime.now(UTC)
    ):
        log.warning("retention_refused", reason="clock_not_proven")
        return RunResult({"refused": "clock_not_proven"})
    detail = run_retention(context.database, context.zone, context.policy, seconds=RETENTION_SECONDS)
    finished = bool(detail.pop("finished"))
    return RunResult(detail, finished)


def check(context: JobContext) -> RunResult:
    """Compare all figures that must agree, and log the names of those that do not."""
    wrong = [result.name for result in checks.check_all(context.database) if not result.agrees]
    if wrong:
        log.error("sums_disagree", zone=context.zone, sums=wrong)
    return RunResult({"disagreeing": wrong})


def forget_logins(context: JobContext) -> RunResult:
    """Delete records of failed logins of past days."""
    return RunResult({"forgotten": logins.delete_old_login_failures(context.database)})


def forget_runs(context: JobContext) -> RunResult:
    """Delete records of scheduled runs that ended long ago."""
    return RunResult({"forgotten": scheduled_runs.delete_old_runs(context.database)})


SCHEDULE = {
    "export": ScheduledTask("{export_at}", write_exports),
    "retention": ScheduledTask("0 3 * * *", apply_retention),
    "check": ScheduledTask("30 3 * * *", check),
    "forget_logins": ScheduledTask("0 4 * * *", forget_logins),
    "forget_runs": ScheduledTask("10 4 * * *", forget_runs),
}


def cron_lines(export_at: str) -> dict[str, str]:
    """The cron fields of each task; `export_at` is the time of the export as HH:MM."""
    hour, minute = export_at.split(":")
    return {
        name: task.cron.format(export_at=f"{int(minute)} {int(hour)} * * *")
        for name, task in SCHEDULE.items()
    }
