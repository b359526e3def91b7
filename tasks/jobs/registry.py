"""Every job there is: what RQ may run, how long each works before others get their turn, and which module does it."""

import time
from datetime import datetime
from typing import Any

import structlog

from db import scheduled_runs
from db.lifecycle import deletions, purges
from db.uploads import inbox
from db.usage import rollups
from tasks.exports import exporter
from tasks.jobs import delete_data
from tasks.jobs.context import JobContext
from tasks.jobs.persist import drain_sessions
from tasks.jobs.persist_plans import drain_plans
from tasks.jobs.schedule import SCHEDULE
from tasks.queue import job_queue
from tasks.rollups.rollup import recompute_days

# How long one job works before others get their turn: days may wait a little while mail keeps coming.
MAIL_SECONDS = 2.0
DAYS_SECONDS = 0.5
# Done with it, they rest so long: what comes meanwhile is taken with what comes next. A job costs the same for one
# upload as for a hundred.
MAIL_REST_SECONDS = 0.1
FEW_UPLOADS = 50
DAYS_REST_SECONDS = 0.7
MAX_DAYS_COOLDOWN_SECONDS = 1.0
# Behind much mail they wait longer, with each upload of it: it changes most of them again. Two hundred uploads a second
# are not much, and are to be seen within three.
MANY_UPLOADS = 250
REST_SECONDS_AN_UPLOAD = 0.005
MAX_COOLDOWN_SECONDS = 5.0
FILES_SECONDS = 2.0
# Files that can't be written now are tried again so much later.
FILES_REST_SECONDS = 60.0

log = structlog.get_logger()


_tools: list[JobContext] = []


def equip(tools: JobContext) -> None:
    """Hand the jobs of this process what they work with; the worker does, once."""
    _tools[:] = [tools]


def persist() -> None:
    """There is mail: settle it, then have the changed days recomputed."""
    tools = _tools[0]
    job_queue.clear_pending(tools.redis, job_queue.PERSIST)
    end = time.monotonic() + MAIL_SECONDS
    settled = drain_sessions(tools.database, tools.zone, seconds=MAIL_SECONDS, least=FEW_UPLOADS)
    settled += drain_plans(tools.database, seconds=MAIL_SECONDS)
    if settled and rollups.has_dirty_days(tools.database):
        job_queue.enqueue_once(tools.redis, job_queue.ROLLUP)
    if settled and time.monotonic() > end:
        job_queue.enqueue_once(tools.redis, job_queue.PERSIST)
    else:
        job_queue.cooldown(tools.redis, job_queue.PERSIST, MAIL_REST_SECONDS)


def rollup() -> None:
    """Days are marked: recompute them."""
    tools = _tools[0]
    job_queue.clear_pending(tools.redis, job_queue.ROLLUP)
    began = time.monotonic()
    recompute_days(tools.database, tools.zone, seconds=DAYS_SECONDS)
    took = time.monotonic() - began
    mail, _ = inbox.count_pending_uploads(tools.database)
    if took >= DAYS_SECONDS and not mail:
        job_queue.enqueue_once(tools.redis, job_queue.ROLLUP)
    else:
        job_queue.cooldown(tools.redis, job_queue.ROLLUP, days_rest(took, mail))


def days_rest(took: float, mail: int) -> float:
    """Seconds that days rest after a job of so many, with so much mail waiting: most of the time is for mail."""
    rest = min(max(DAYS_REST_SECONDS, 3 * took), MAX_DAYS_COOLDOWN_SECONDS)
    return min(rest + REST_SECONDS_AN_UPLOAD * max(mail - MANY_UPLOADS, 0), MAX_COOLDOWN_SECONDS)


def purge() -> None:
    """Somebody shares text no more: remove what is left of it."""
    tools = _tools[0]
    job_queue.clear_pending(tools.redis, job_queue.PURGE)
    for user_id in purges.list_open_text_purges(tools.database):
        if not purges.purge_text(tools.database, user_id, seconds=MAIL_SECONDS, patient=True):
            # Others get their turn first.
            job_queue.enqueue_once(tools.redis, job_queue.PURGE)
            return


def delete() -> None:
    """Somebody deleted their data: remove what is left of the rows, then write the files anew without it."""
    tools = _tools[0]
    job_queue.clear_pending(tools.redis, job_queue.DELETE)
    for asked in deletions.list_open_deletions(tools.database):
        try:
            finished = delete_data.complete(
                tools.database,
                tools.export_target,
                asked,
                tools.today(),
                program="worker",
                seconds=FILES_SECONDS,
            )
        except OSError as error:
            log.error("export_rewrite_failed", place=tools.export_target.storage.address, reason=str(error))
            job_queue.cooldown(tools.redis, job_queue.DELETE, FILES_REST_SECONDS)
            return
        if not finished:
            job_queue.enqueue_once(tools.redis, job_queue.DELETE)
            return


def scheduled(name: str, due_at: str) -> None:
    """An entry of the schedule is due: do a turn of its run, unless somebody else is at it, or it is done."""
    tools, due = _tools[0], datetime.fromisoformat(due_at)
    with scheduled_runs.lock_run(tools.database, name, due) as ours:
        finished = not ours or _turn(tools, name, due)
    if not finished:
        job_queue.enqueue(tools.redis, job_queue.SCHEDULED, name, due_at)


def _turn(tools: JobContext, name: str, due: datetime) -> bool:
    """False if there is more to do."""
    before = scheduled_runs.begin_run(tools.database, name, due)
    if before is None:
        return True
    try:
        turn = SCHEDULE[name].run(tools)
    except Exception as error:
        scheduled_runs.finish_run(tools.database, name, due, "failed", {"error": _said(error)})
        raise
    detail = _added(before, turn.detail)
    if turn.finished:
        scheduled_runs.finish_run(tools.database, name, due, "done", detail)
    else:
        scheduled_runs.pause_run(tools.database, name, due, detail)
    return turn.finished


def _said(error: Exception) -> str:
    """Only what is ours to say: others may quote what was sent."""
    return str(error) if isinstance(error, exporter.ForeignFiles) else type(error).__name__


def _added(before: dict[str, Any], detail: dict[str, object]) -> dict[str, object]:
    """What all turns did together."""
    counts = {key: value for key, value in detail.items() if isinstance(value, int)}
    return {**before, **detail, **{key: before.get(key, 0) + value for key, value in counts.items()}}
