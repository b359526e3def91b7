"""What runs when: one line each, in team time. The scheduler rings, a worker runs it, once."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from db import checks, logins, schedule
from db.connection import Database

log = structlog.get_logger()


@dataclass(frozen=True)
class Entry:
    """One line of the schedule."""

    #: When, as five cron fields in team time.
    cron: str
    #: What: takes the database and the team's zone, returns a small detail for people.
    run: Callable[[Database, str], dict[str, object]]


def check(db: Database, zone: str) -> dict[str, object]:
    """Ask for every sum that must agree, and say which does not."""
    wrong = [result.name for result in checks.check_all(db) if not result.agrees]
    if wrong:
        log.error("sums_disagree", zone=zone, sums=wrong)
    return {"disagreeing": wrong}


def forget_logins(db: Database, zone: str) -> dict[str, object]:
    """Forget failed logins of days gone by."""
    return {"forgotten": logins.forget_old(db)}


def forget_runs(db: Database, zone: str) -> dict[str, object]:
    """Forget runs of this schedule that ended long ago."""
    return {"forgotten": schedule.forget_old(db)}


SCHEDULE = {
    "check": Entry("30 3 * * *", check),
    "forget_logins": Entry("0 4 * * *", forget_logins),
    "forget_runs": Entry("10 4 * * *", forget_runs),
}
