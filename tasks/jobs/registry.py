"""The jobs that RQ may run; the worker passes each its JobContext as first argument."""

import time
from datetime import datetime

import structlog

from db import scheduled_runs
from db.lifecycle import deletions, purges
from db.uploads import inbox
from db.usage import rollups
from tasks.exports.exporter import ForeignFiles
from tasks.jobs import delete_data
from tasks.jobs.context import JobContext
from tasks.jobs.persist import drain_sessions
from tasks.jobs.persist_plans import drain_plans
from tasks.jobs.schedule import SCHEDULE
from tasks.queue import job_queue
from tasks.rollups.rollup import recompute_days

# How long one run of a job lasts before the next job in the queue; days may wait while uploads keep coming.
PERSIST_SECONDS = 2.0
ROLLUP_SECONDS = 0.5
PURGE_SECONDS = 2.0
DELETE_SECONDS = 2.0
# A finished job is not enqueued again for this long, so that the next run takes more at once: a run costs the same
# for one upload as for a hundred.
PERSIST_COOLDOWN_SECONDS = 0.1
MIN_BATCH_UPLOADS = 50
ROLLUP_COOLDOWN_SECONDS = 0.7
MAX_ROLLUP_COOLDOWN_SECONDS = 1.0
# While more uploads than this wait, each adds to the cooldown of rollups: most days would change again. 250 is little
# more than one second of 200 uploads a second, which must be in the charts within three seconds.
BACKLOG_UPLOADS = 250
COOLDOWN_SECONDS_PER_UPLOAD = 0.005
MAX_COOLDOWN_SECONDS = 5.0
# When exported files can't be rewritten, the deletion is retried after this time.
DELETE_RETRY_SECONDS = 60.0

log = structlog.get_logger()


def persist(context: JobContext) -> None:
    """Store waiting uploads, then enqueue a rollup of the days they changed."""
    job_queue.clear_pending(context.redis, job_queue.PERSIST)
    end = time.monotonic() + PERSIST_SECONDS
    settled = drain_sessions(
        context.database, context.zone, seconds=PERSIST_SECONDS, minimum=MIN_BATCH_UPLOADS
    )
    settled += drain_plans(context.database, seconds=PERSIST_SECONDS)
    if settled and rollups.has_dirty_days(context.database):
        job_queue.enqueue_once(context.redis, job_queue.ROLLUP)
    if settled and time.monotonic() > end:
        job_queue.enqueue_once(context.redis, job_queue.PERSIST)
    else:
        job_queue.cooldown(context.redis, job_queue.PERSIST, PERSIST_COOLDOWN_SECONDS)


def rollup(context: JobContext) -> None:
    """Recompute days that are marked as changed."""
    job_queue.clear_pending(context.redis, job_queue.ROLLUP)
    began = time.monotonic()
    recompute_days(context.database, context.zone, seconds=ROLLUP_SECONDS)
    took = time.monotonic() - began
    uploads, _ = inbox.count_pending_uploads(context.database)
    if took >= ROLLUP_SECONDS and not uploads:
        job_queue.enqueue_once(context.redis, job_queue.ROLLUP)
    else:
        job_queue.cooldown(context.redis, job_queue.ROLLUP, rollup_cooldown(took, uploads))


def rollup_cooldown(took: float, uploads: int) -> float:
    """Seconds until the next rollup, after one that took `took` seconds and with `uploads` waiting."""
    seconds = min(max(ROLLUP_COOLDOWN_SECONDS, 3 * took), MAX_ROLLUP_COOLDOWN_SECONDS)
    backlog = max(uploads - BACKLOG_UPLOADS, 0)
    return min(seconds + COOLDOWN_SECONDS_PER_UPLOAD * backlog, MAX_COOLDOWN_SECONDS)


def purge(context: JobContext) -> None:
    """Delete the stored text of people who stopped sharing it."""
    job_queue.clear_pending(context.redis, job_queue.PURGE)
    for user_id in purges.list_open_text_purges(context.database):
        if not purges.purge_text(context.database, user_id, seconds=PURGE_SECONDS, finish_batch=True):
            # The rest follows in another run, after the other jobs in the queue.
            job_queue.enqueue_once(context.redis, job_queue.PURGE)
            return


def delete(context: JobContext) -> None:
    """Complete requested deletions: rows, exported files, account."""
    job_queue.clear_pending(context.redis, job_queue.DELETE)
    for deletion in deletions.list_open_deletions(context.database):
        try:
            finished = delete_data.complete(
                context.database,
                context.export_target,
                deletion,
                context.today(),
                program="worker",
                seconds=DELETE_SECONDS,
            )
        except OSError as error:
            address = context.export_target.storage.address
            log.error("export_rewrite_failed", place=address, reason=str(error))
            job_queue.cooldown(context.redis, job_queue.DELETE, DELETE_RETRY_SECONDS)
            return
        if not finished:
            job_queue.enqueue_once(context.redis, job_queue.DELETE)
            return


def scheduled(context: JobContext, name: str, due_at: str) -> None:
    """Do a part of a due run, unless another worker holds it or it is done; enqueue it again if more is left."""
    due = datetime.fromisoformat(due_at)
    with scheduled_runs.lock_run(context.database, name, due) as ours:
        finished = not ours or _continue_run(context, name, due)
    if not finished:
        job_queue.enqueue(context.redis, job_queue.SCHEDULED, name, due_at)


def _continue_run(context: JobContext, name: str, due: datetime) -> bool:
    """Do the next part of a run; False if more is left."""
    before = scheduled_runs.begin_run(context.database, name, due)
    if before is None:
        return True
    try:
        result = SCHEDULE[name].run(context)
    except Exception as error:
        # Messages of other exceptions may quote uploaded text.
        reason = str(error) if isinstance(error, ForeignFiles) else type(error).__name__
        scheduled_runs.finish_run(context.database, name, due, "failed", {"error": reason})
        raise
    # Counts are summed over all jobs of the run; other values are replaced.
    counts = {
        key: before.get(key, 0) + value for key, value in result.detail.items() if isinstance(value, int)
    }
    detail = {**before, **result.detail, **counts}
    if result.finished:
        scheduled_runs.finish_run(context.database, name, due, "done", detail)
    else:
        scheduled_runs.pause_run(context.database, name, due, detail)
    return result.finished
