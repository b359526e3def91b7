"""The whole server on stores that are not its own, so that a test can stop and hang them under busy clients."""

import os
import shutil
import signal
import tempfile
import threading
import time
import urllib.error
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2

from standalone.embedded_postgres import EmbeddedPostgres
from standalone.embedded_valkey import EmbeddedValkey
from tests.system.insights_server import Answer, InsightsServer, ask

Store = EmbeddedPostgres | EmbeddedValkey
Away = AbstractContextManager[None]
BATCH = 5
#: Sessions that a server which begins to hang may have in its hands: the single one and the batch of each try.
AT_HAND = 4 * (1 + BATCH)
PAUSE_SECONDS = 0.1
STARTED_AT = "2026-11-20T10:00:00Z"


@dataclass(frozen=True)
class Asked:
    """One request: what it was, when, and what came of it; status 0: no answer at all."""

    what: str
    began: float
    ended: float
    status: int
    retry_after: str | None
    #: The session_ids that came with it.
    names: tuple[str, ...] = ()
    #: What /health says.
    health: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class Site:
    """A running server beside two stores, and the key of somebody who uploads."""

    insights: InsightsServer
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    database_url: str
    key: str = ""
    asked: list[Asked] = field(default_factory=list)

    def stored(self) -> set[str]:
        """The session_ids that have become rows."""
        return {row[0] for row in self._rows("SELECT session_id FROM sessions")}

    def visible(self) -> int:
        """How many sessions the days hold, which is what every chart draws."""
        return int(self._rows("SELECT coalesce(sum(session_count), 0) FROM daily_stats")[0][0])

    def _rows(self, question: str) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())


@contextmanager
def site() -> Iterator[Site]:
    """Stores first, then everything else by `manage.py run`."""
    folder = Path(tempfile.mkdtemp(prefix="insights-outage-"))
    folder.chmod(0o711)
    postgres, valkey = EmbeddedPostgres(folder / "stores"), EmbeddedValkey(folder / "stores")
    with postgres as database_url, valkey as redis_url:
        insights = InsightsServer(folder / "insights", {"DATABASE_URL": database_url, "REDIS_URL": redis_url})
        insights.start()
        try:
            yield Site(
                insights, postgres, valkey, database_url, insights.manage("create-user", "alice")["api_key"]
            )
        finally:
            insights.stop(signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stopped(store: Store) -> Iterator[None]:
    """Shut down for the length of the block."""
    store.__exit__(None, None, None)
    try:
        yield
    finally:
        store.__enter__()


@contextmanager
def hung(store: Store) -> Iterator[None]:
    """Every process of it stands still for the length of the block: it takes connections and says nothing."""
    assert store._process is not None
    parent = store._process.pid
    os.kill(parent, signal.SIGSTOP)
    # Only now: a server that stands still makes no new children.
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    processes = [parent, *map(int, children)]
    try:
        for process in processes[1:]:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@contextmanager
def asking(site: Site) -> Iterator[None]:
    """Light load of everything for the length of the block; what came of it is noted at the site."""
    over, upload_id = threading.Event(), post(site, "/api/v1/sessions", [session()]).json()["upload_id"]
    threads = [threading.Thread(target=_ask_on, args=(do, over)) for do in _questions(site, upload_id)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def session() -> dict[str, Any]:
    return {"session_id": uuid.uuid4().hex, "started_at": STARTED_AT}


def post(site: Site, path: str, sessions: list[dict[str, Any]]) -> Answer:
    """Upload, and note what came of it."""
    body = sessions if path.endswith("batch") else sessions[0]
    names = tuple(item["session_id"] for item in sessions)
    return noted(site, path, lambda: site.insights.post(path, site.key, body), names)


def noted(site: Site, what: str, do: Callable[[], Answer], names: tuple[str, ...] = ()) -> Answer:
    """Ask, and note when and how it was answered."""
    began = time.monotonic()
    try:
        answer = do()
    except (OSError, urllib.error.URLError) as error:
        answer = Answer(0, {}, str(error).encode())
    ended = time.monotonic()
    health = answer.json()["status"] if what == "/health" and answer.status else ""
    asked = Asked(what, began, ended, answer.status, answer.headers.get("retry-after"), names, health)
    site.asked.append(asked)
    return answer


def _questions(site: Site, upload_id: str) -> Iterator[Callable[[], object]]:
    """One of each kind: a client of its own asks it, so that none has to wait for another kind's answer."""
    yield lambda: post(site, "/api/v1/sessions", [session()])
    yield lambda: post(site, "/api/v1/sessions/batch", [session() for _ in range(BATCH)])
    reads = ("/api/v1/me", "/api/v1/team/stats", f"/api/v1/uploads/{upload_id}")
    for path in (*reads, "/health", "/health/ready", "/health/live"):
        yield partial(
            noted, site, path, partial(ask, site.insights.ingest + path, None, {"X-API-Key": site.key})
        )


def _ask_on(do: Callable[[], object], over: threading.Event) -> None:
    while not over.is_set():
        do()
        over.wait(PAUSE_SECONDS)
