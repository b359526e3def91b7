"""A steady stream of uploads, and for each of them the time from its acknowledgement until the charts count it."""

import http.client
import json
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.bodies import PEOPLE, SEED, SESSIONS, api_key, person_name, session
from benchmarks.servers import Server
from db.connection import Row

CONNECTIONS = 8
POLL_SECONDS = 0.05
LATEST_SECONDS = 60

#: One person's day: what a rollup counts at a time.
Cell = tuple[str, date]
Times = dict[Cell, list[float]]


class Upload(NamedTuple):
    """One upload, made before the clock runs."""

    due: float
    cell: Cell
    key: str
    body: bytes


class Steady(NamedTuple):
    """How a steady stream went."""

    sent: int
    #: Acknowledged in a second, as it came out.
    rate: float
    #: Refused, or never seen in the charts.
    errors: int
    #: Seconds from the acknowledgement of each upload until the charts count it.
    lags: list[float]


def measure(server: Server, *, rate: int, seconds: int) -> Steady:
    """Send `rate` uploads a second, and watch the days until every one of them is counted."""
    server.clear()
    uploads = made_up(rate, seconds, datetime.now(UTC))
    watch = Watch(server)
    watch.start()
    acknowledged = _send_all(server.address, uploads)
    if not acknowledged:
        sys.exit(f"{server.name} refused every upload of the steady stream.")
    watch.wait_for(sum(map(len, acknowledged.values())))
    times = sorted(at for cell in acknowledged.values() for at in cell)
    lags = seconds_until_seen(acknowledged, watch.seen)
    return Steady(
        sent=len(uploads),
        rate=(len(times) - 1) / (times[-1] - times[0]),
        errors=len(uploads) - len(lags),
        lags=lags,
    )


def made_up(rate: int, seconds: int, now: datetime) -> list[Upload]:
    """The uploads in the order in which they are due."""
    chance = random.Random(SEED)
    run = f"steady-{now:%H%M%S}"
    return [_upload(chance, f"{run}-{number}", number / rate, now) for number in range(rate * seconds)]


def _upload(chance: random.Random, session_id: str, due: float, now: datetime) -> Upload:
    person = chance.randrange(PEOPLE)
    body = session(chance, session_id, now)
    cell = person_name(person), datetime.fromisoformat(body["started_at"]).date()
    return Upload(due, cell, api_key(person), json.dumps(body).encode())


def seconds_until_seen(
    acknowledged: Mapping[Cell, list[float]], seen: Mapping[Cell, list[float]]
) -> list[float]:
    """The n-th acknowledged upload of a person's day is in the charts once they count n for it."""
    return [
        max(0.0, seen_at - at)
        for cell, times in acknowledged.items()
        for at, seen_at in zip(sorted(times), sorted(seen.get(cell, [])), strict=False)
    ]


class Watch(threading.Thread):
    """Reads the days again and again, and notes when each count came to be."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.seen: Times = defaultdict(list)
        self._server = server
        self._awaited: int | None = None
        self._deadline = float("inf")

    def run(self) -> None:
        """Look until what is awaited is there, or the time is over."""
        while time.monotonic() < self._deadline:
            self.note(self._server.days(), time.monotonic())
            if self._awaited is not None and sum(map(len, self.seen.values())) >= self._awaited:
                return
            time.sleep(POLL_SECONDS)

    def note(self, days: Iterable[Row], now: float) -> None:
        """What a look at this moment found."""
        for day in days:
            times = self.seen[day["username"], day["stat_date"]]
            times += [now] * (day["session_count"] - len(times))

    def wait_for(self, count: int) -> None:
        """Let it end once so many sessions are counted, or when that takes too long."""
        self._deadline = time.monotonic() + LATEST_SECONDS
        self._awaited = count
        self.join()


def _send_all(address: str, uploads: list[Upload]) -> Times:
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = pool.map(lambda place: _send(address, uploads[place::CONNECTIONS], began), range(CONNECTIONS))
    acknowledged: Times = defaultdict(list)
    for cell, at in (entry for part in parts for entry in part):
        acknowledged[cell].append(at)
    return acknowledged


def _send(address: str, uploads: list[Upload], began: float) -> list[tuple[Cell, float]]:
    """Send each at its time on one connection; a refused one is missing in what comes back."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    acknowledged = []
    for upload in uploads:
        time.sleep(max(0.0, began + upload.due - time.monotonic()))
        headers = {"Content-Type": "application/json", "X-API-Key": upload.key}
        connection.request("POST", SESSIONS, upload.body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status < http.client.MULTIPLE_CHOICES:
            acknowledged.append((upload.cell, time.monotonic()))
    connection.close()
    return acknowledged
