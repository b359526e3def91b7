"""Every job there is: what RQ may run, how long each works before others get their turn, and which module does it."""

import time
from datetime import datetime
from typing import Any

import structlog

from db import deletions, inbox, purges, rollups
from db import schedule as memory
from tasks import deletion, export, plans, queues
from tasks import persist as persisting
from tasks import rollup as rolling
from tasks.schedule import SCHEDULE
from tasks.tools import Tools

# How long one job works before others get their turn: days may wait a little while mail keeps coming.
MAIL_SECONDS = 2.0
DAYS_SECONDS = 0.5
# Done with it, they rest so long: what comes meanwhile is taken with what comes next. A job costs the same for one
# upload as for a hundred.
MAIL_REST_SECONDS = 0.1
FEW_UPLOADS = 50
DAYS_REST_SECONDS = 0.7
MOST_DAYS_REST_SECONDS = 1.0
# Behind much mail they wait longer, with each upload of it: it changes most of them again. Two hundred uploads a second
# are not much, and are to be seen within three.
MANY_UPLOADS = 250
REST_SECONDS_AN_UPLOAD = 0.005
LONGEST_REST_SECONDS = 5.0
FILES_SECONDS = 2.0
# Files that can't be written now are tried again so much later.
FILES_REST_SECONDS = 60.0

log = structlog.get_logger()


_tools: list[Tools] = []


def equip(tools: Tools) -> None:
    """Hand the jobs of this process what they work with; the worker does, once."""
    _tools[:] = [tools]


def persist() -> None:
    """There is mail: settle it, then have the changed days recomputed."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.PERSIST)
    end = time.monotonic() + MAIL_SECONDS
    settled = persisting.drain(tools.database, tools.zone, seconds=MAIL_SECONDS, least=FEW_UPLOADS)
    settled += plans.drain(tools.database, seconds=MAIL_SECONDS)
    if settled and rollups.waiting(tools.database):
        queues.ring(tools.redis, queues.ROLLUP)
    if settled and time.monotonic() > end:
        queues.ring(tools.redis, queues.PERSIST)
    else:
        queues.rest(tools.redis, queues.PERSIST, MAIL_REST_SECONDS)


def rollup() -> None:
    """Days are marked: recompute them."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.ROLLUP)
    began = time.monotonic()
    rolling.recompute(tools.database, tools.zone, seconds=DAYS_SECONDS)
    took = time.monotonic() - began
    mail, _ = inbox.waiting(tools.database)
    if took >= DAYS_SECONDS and not mail:
        queues.ring(tools.redis, queues.ROLLUP)
    else:
        queues.rest(tools.redis, queues.ROLLUP, days_rest(took, mail))


def days_rest(took: float, mail: int) -> float:
    """Seconds that days rest after a job of so many, with so much mail waiting: most of the time is for mail."""
    rest = min(max(DAYS_REST_SECONDS, 3 * took), MOST_DAYS_REST_SECONDS)
    return min(rest + REST_SECONDS_AN_UPLOAD * max(mail - MANY_UPLOADS, 0), LONGEST_REST_SECONDS)


def purge() -> None:
    """Somebody shares text no more: remove what is left of it."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.PURGE)
    for user_id in purges.waiting(tools.database):
        if not purges.purge(tools.database, user_id, seconds=MAIL_SECONDS, patient=True):
            # Others get their turn first.
            queues.ring(tools.redis, queues.PURGE)
            return


def delete() -> None:
    """Somebody deleted their data: remove what is left of the rows, then write the files anew without it."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.DELETE)
    for asked in deletions.waiting(tools.database):
        try:
            finished = deletion.complete(
                tools.database, tools.lake, asked, tools.today(), program="worker", seconds=FILES_SECONDS
            )
        except OSError as error:
            log.error("files_not_rewritten", place=tools.lake.shelf.address, reason=str(error))
            queues.rest(tools.redis, queues.DELETE, FILES_REST_SECONDS)
            return
        if not finished:
            queues.ring(tools.redis, queues.DELETE)
            return


def scheduled(name: str, due_at: str) -> None:
    """An entry of the schedule is due: do a turn of its run, unless somebody else is at it, or it is done."""
    tools, due = _tools[0], datetime.fromisoformat(due_at)
    with memory.taken(tools.database, name, due) as ours:
        finished = not ours or _turn(tools, name, due)
    if not finished:
        queues.enqueue(tools.redis, queues.SCHEDULED, name, due_at)


def _turn(tools: Tools, name: str, due: datetime) -> bool:
    """False if there is more to do."""
    before = memory.begin(tools.database, name, due)
    if before is None:
        return True
    try:
        turn = SCHEDULE[name].run(tools)
    except Exception as error:
        memory.finish(tools.database, name, due, "failed", {"error": _said(error)})
        raise
    detail = _added(before, turn.detail)
    if turn.finished:
        memory.finish(tools.database, name, due, "done", detail)
    else:
        memory.pause(tools.database, name, due, detail)
    return turn.finished


def _said(error: Exception) -> str:
    """Only what is ours to say: others may quote what was sent."""
    return str(error) if isinstance(error, export.ForeignFiles) else type(error).__name__


def _added(before: dict[str, Any], detail: dict[str, object]) -> dict[str, object]:
    """What all turns did together."""
    counts = {key: value for key, value in detail.items() if isinstance(value, int)}
    return {**before, **detail, **{key: before.get(key, 0) + value for key, value in counts.items()}}
