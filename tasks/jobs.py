"""Every job there is, one line each: what RQ may run, and which function does the work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db import inbox, purges, rollups
from db import schedule as memory
from db.connection import Database
from tasks import persist as persisting
from tasks import plans, queues
from tasks import rollup as rolling
from tasks.schedule import SCHEDULE

# How long one job works before others get their turn: days may wait a little while mail keeps coming.
MAIL_SECONDS = 2.0
DAYS_SECONDS = 0.5
# Recomputed days rest so long: what comes meanwhile is recomputed with what comes next, within a second or so.
DAYS_REST_SECONDS = 0.7


@dataclass(frozen=True)
class Tools:
    """What the jobs of one worker work with."""

    database: Database
    redis: Any
    zone: str


_tools: list[Tools] = []


def equip(tools: Tools) -> None:
    """Hand the jobs of this process what they work with; the worker does, once."""
    _tools[:] = [tools]


def persist() -> None:
    """There is mail: settle it, then have the changed days recomputed."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.PERSIST)
    settled = persisting.drain(tools.database, tools.zone, seconds=MAIL_SECONDS)
    settled += plans.drain(tools.database, seconds=MAIL_SECONDS)
    if settled:
        _ring_for_the_rest(tools)


def rollup() -> None:
    """Days are marked: recompute them."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.ROLLUP)
    if rolling.recompute(tools.database, tools.zone, seconds=DAYS_SECONDS):
        _ring_for_the_rest(tools)
        queues.rest(tools.redis, queues.ROLLUP, DAYS_REST_SECONDS)


def purge() -> None:
    """Somebody shares text no more: remove what is left of it."""
    tools = _tools[0]
    queues.answer(tools.redis, queues.PURGE)
    for user_id in purges.waiting(tools.database):
        if not purges.purge(tools.database, user_id, seconds=MAIL_SECONDS, patient=True):
            # Others get their turn first.
            queues.ring(tools.redis, queues.PURGE)
            return


def _ring_for_the_rest(tools: Tools) -> None:
    """Whatever is left goes on the queue again, days first: they must not starve while mail keeps coming.

    Only for who got something done: with another worker at it, ringing would be all that we do.
    """
    if rollups.waiting(tools.database):
        queues.ring(tools.redis, queues.ROLLUP)
    if inbox.waiting(tools.database)[0]:
        queues.ring(tools.redis, queues.PERSIST)


def scheduled(name: str, due_at: str) -> None:
    """An entry of the schedule is due: run it, unless somebody else has."""
    tools, due = _tools[0], datetime.fromisoformat(due_at)
    if not memory.begin(tools.database, name, due):
        return
    try:
        detail = SCHEDULE[name].run(tools.database, tools.zone)
    except Exception as error:
        memory.finish(tools.database, name, due, "failed", {"error": type(error).__name__})
        raise
    memory.finish(tools.database, name, due, "done", detail)
