"""What runs when: one line each, in team time. The scheduler rings, a worker runs it, once."""

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

# What takes longer goes on in another turn, so that mail is never kept waiting.
TURN_SECONDS = 2.0
# A turn of this one costs little to begin: shorter, so that what comes meanwhile is in the charts within three seconds.
LET_GO_SECONDS = 1.0


class RunResult(NamedTuple):
    """What one turn of a run did: a small detail for people, whose numbers are added up over all turns."""

    detail: dict[str, object]
    #: False: there is more to do, in another turn soon.
    finished: bool = True


@dataclass(frozen=True)
class Entry:
    """One line of the scheduled_runs."""

    #: When, as five cron fields in team time.
    cron: str
    #: What: one turn of it.
    run: Callable[[JobContext], RunResult]


def write_exports(tools: JobContext) -> RunResult:
    """Write the files of all days that are over and not told as they are; fold old months."""
    progress = exporter.catch_up(tools.database, tools.export_target, tools.today(), seconds=TURN_SECONDS)
    return RunResult({"files": progress.files, "rows": progress.rows}, progress.left == 0)


def apply_retention(tools: JobContext) -> RunResult:
    """Let go what was kept for its days, unless the clock may be wrong: what goes, goes for good."""
    if any(asdict(tools.policy).values()) and not scheduled_runs.is_clock_confirmed(
        tools.database, datetime.now(UTC)
    ):
        log.warning("retention_refused", reason="clock_not_proven")
        return RunResult({"refused": "clock_not_proven"})
    detail = run_retention(tools.database, tools.zone, tools.policy, seconds=LET_GO_SECONDS)
    finished = bool(detail.pop("finished"))
    return RunResult(detail, finished)


def check(tools: JobContext) -> RunResult:
    """Ask for every sum that must agree, and say which does not."""
    wrong = [result.name for result in checks.check_all(tools.database) if not result.agrees]
    if wrong:
        log.error("sums_disagree", zone=tools.zone, sums=wrong)
    return RunResult({"disagreeing": wrong})


def forget_logins(tools: JobContext) -> RunResult:
    """Forget failed logins of days gone by."""
    return RunResult({"forgotten": logins.delete_old_login_failures(tools.database)})


def forget_runs(tools: JobContext) -> RunResult:
    """Forget runs of this schedule that ended long ago."""
    return RunResult({"forgotten": scheduled_runs.delete_old_runs(tools.database)})


SCHEDULE = {
    "export": Entry("{export_at}", write_exports),
    "retention": Entry("0 3 * * *", apply_retention),
    "check": Entry("30 3 * * *", check),
    "forget_logins": Entry("0 4 * * *", forget_logins),
    "forget_runs": Entry("10 4 * * *", forget_runs),
}


def cron_lines(export_at: str) -> dict[str, str]:
    """When each entry is due; the export at a time of day that people choose."""
    hour, minute = export_at.split(":")
    chosen = f"{int(minute)} {int(hour)} * * *"
    return {name: entry.cron.format(export_at=chosen) for name, entry in SCHEDULE.items()}
