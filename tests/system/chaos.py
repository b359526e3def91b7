"""Uploads from many hands while every process is killed at random: what was acknowledged must all be there."""

import random
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psutil
import psycopg2
import redis

from tests.system.insights_server import InsightsServer, wait_until

PROCESSES = ("postgres", "valkey", "ingest", "worker", "scheduler", "analytics")
# What tells each process's command line from the others'.
MARKS = {
    "postgres": "bin/postgres -D",
    "valkey": "valkey-server",
    "ingest": "ingest.wsgi",
    "worker": "tasks.worker",
    "scheduler": "tasks.scheduler",
    "analytics": "analytics_app.wsgi",
}
HANDS = 8
RETRY_SECONDS = 120


@dataclass
class Ledger:
    """What was acknowledged, and who was killed how often."""

    acknowledged: list[str] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PROCESSES, 0))
    emptied: int = 0
    last_kill: float = 0.0
    settled_seconds: float = 0.0


def storm(
    insights: InsightsServer, key: str, *, uploads: int, kills_each: int, seconds_between: float, seed: int
) -> Ledger:
    """Upload until all is acknowledged and everyone was killed often enough; then wait until all is visible."""
    ledger, chance = Ledger(), random.Random(seed)
    killer = threading.Thread(target=_kill, args=(insights, ledger, chance, kills_each, seconds_between))
    killer.start()
    with ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(lambda number: _upload(insights, key, number, ledger), range(uploads)))
        while killer.is_alive():
            list(hands.map(lambda number: _upload(insights, key, number, ledger), range(HANDS)))
            time.sleep(0.2)
    killer.join()
    wait_until(lambda: visible(insights) == len(ledger.acknowledged), 60)
    ledger.settled_seconds = time.monotonic() - ledger.last_kill
    return ledger


def _upload(insights: InsightsServer, key: str, number: int, ledger: Ledger) -> None:
    """One session, sent again until it is acknowledged, as a client would."""
    session_id = f"{number}-{uuid.uuid4()}"
    began = datetime.now(UTC) - timedelta(minutes=number % 600)
    session = {
        "session_id": session_id,
        "started_at": began.isoformat(),
        "total_messages": 2,
        "token_usage": [{"model": "claude-opus-4-8", "input_tokens": 10, "output_tokens": 1}],
    }
    deadline = time.monotonic() + RETRY_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            if insights.post("/api/v1/sessions", key, session).status == 202:
                ledger.acknowledged.append(session_id)
                return
        time.sleep(0.1)
    raise AssertionError("a client waited two minutes for an answer")


def _kill(
    insights: InsightsServer, ledger: Ledger, chance: random.Random, kills_each: int, pause: float
) -> None:
    while min(ledger.kills.values()) < kills_each:
        rare = min(ledger.kills.values())
        name = chance.choice([name for name in PROCESSES if ledger.kills[name] <= rare + 1])
        victims = _processes(insights, name)
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
        ledger.kills[name] += bool(victims)
        ledger.last_kill = time.monotonic()
        if sum(ledger.kills.values()) == kills_each * len(PROCESSES) // 2 and not ledger.emptied:
            ledger.emptied = _empty_redis(insights)
        time.sleep(pause)


def _processes(insights: InsightsServer, name: str) -> list[psutil.Process]:
    found = []
    for process in insights.processes():
        # PostgreSQL's own workers come and go.
        with suppress(psutil.NoSuchProcess):
            if MARKS[name] in " ".join(process.cmdline()):
                found.append(process)
    return found


def _empty_redis(insights: InsightsServer) -> int:
    with suppress(redis.RedisError), closing(redis.Redis.from_url(insights.redis_url)) as client:
        return int(bool(client.flushall()))
    return 0


def visible(insights: InsightsServer) -> int:
    """How many sessions the days hold, which is what every chart draws."""
    with suppress(psycopg2.Error), closing(psycopg2.connect(insights.database_url)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(session_count), 0)::int FROM daily_stats")
            row = cursor.fetchone()
        return int(row[0]) if row else 0
    return -1


def stored(insights: InsightsServer) -> list[str]:
    """Every session that became a row."""
    with closing(psycopg2.connect(insights.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT session_id FROM sessions")
        return [row[0] for row in cursor.fetchall()]
