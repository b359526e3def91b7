"""The normal load of `make hostile`: small uploads at a fixed rate, and how long each of them took."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.bodies import SEED, SESSIONS, session
from benchmarks.report import percentile

#: An answer that takes longer counts as a failure of so many seconds.
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Endpoint:
    """Where requests go, with which key, and from which address of this machine (None = whichever)."""

    host: str
    port: int
    key: str
    source: str | None = None

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A new connection."""
        local = (self.source, 0) if self.source else None
        return await asyncio.open_connection(self.host, self.port, local_addr=local)


@dataclass
class Latencies:
    """Milliseconds from the moment a request was due to the end of its answer."""

    reused: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)
    #: Requests without a 2xx, by status or by kind of error.
    failures: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, float]:
        """p50, p99 and maximum on kept connections and on fresh ones; 0 where nothing was sent."""
        found = {}
        for name, values in (("kept", self.reused), ("fresh", self.fresh)):
            found[f"{name}_p50"] = percentile(values, 0.5) if values else 0.0
            found[f"{name}_p99"] = percentile(values, 0.99) if values else 0.0
            found[f"{name}_max"] = max(values, default=0.0)
        return found


@dataclass(frozen=True)
class Rate:
    """How much is sent: uploads a second on kept connections, and on one fresh connection each."""

    kept_each_second: float = 50.0
    connections: int = 8
    fresh_each_second: float = 10.0


class NormalLoad:
    """Sends until it is stopped. Requests are due at fixed times, however long the answers before them take."""

    def __init__(self, endpoint: Endpoint, rate: Rate) -> None:
        self._endpoint = endpoint
        self._rate = rate
        self._chance = random.Random(SEED)
        self._run = f"normal-{time.time_ns()}"
        self._count = 0
        self.latencies = Latencies()

    async def run(self, is_over: Callable[[], bool]) -> Latencies:
        """Send until `is_over`, then wait for the answers that are still due."""
        each = self._rate.connections / self._rate.kept_each_second
        began = time.monotonic()
        await asyncio.gather(
            *(
                self._send_on_one(began + number * each / self._rate.connections, each, is_over)
                for number in range(self._rate.connections)
            ),
            self._send_on_fresh(began, 1 / self._rate.fresh_each_second, is_over),
        )
        return self.latencies

    async def _send_on_one(self, due: float, pause: float, is_over: Callable[[], bool]) -> None:
        lines = None
        while await self._wait(due, is_over):
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    lines = lines or await self._endpoint.connect()
                    stays = await self._upload(*lines)
            except (OSError, EOFError, TimeoutError) as error:
                self.latencies.failures[type(error).__name__] += 1
                stays = False
            self.latencies.reused.append((time.monotonic() - due) * 1000)
            if lines and not stays:
                lines[1].close()
                lines = None
            due += pause
        if lines:
            lines[1].close()

    async def _send_on_fresh(self, due: float, pause: float, is_over: Callable[[], bool]) -> None:
        async with asyncio.TaskGroup() as group:
            while await self._wait(due, is_over):
                group.create_task(self._send_alone(due))
                due += pause

    async def _send_alone(self, due: float) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                reader, writer = await self._endpoint.connect()
                try:
                    await self._upload(reader, writer)
                finally:
                    writer.close()
        except (OSError, EOFError, TimeoutError) as error:
            self.latencies.failures[type(error).__name__] += 1
        self.latencies.fresh.append((time.monotonic() - due) * 1000)

    @staticmethod
    async def _wait(due: float, is_over: Callable[[], bool]) -> bool:
        """Wait until a request is due; False when the load is over by then."""
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        return not is_over()

    async def _upload(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Send one upload; returns whether the connection stays open."""
        self._count += 1
        body = json.dumps(session(self._chance, f"{self._run}-{self._count}", datetime.now(UTC))).encode()
        writer.write(request(self._endpoint, SESSIONS, body))
        await writer.drain()
        status, stays = await read_answer(reader)
        if status // 100 != 2:
            self.latencies.failures[str(status)] += 1
        return stays


def request(endpoint: Endpoint, path: str, body: bytes, *more: str) -> bytes:
    """A POST with its body."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {endpoint.host}",
        f"X-API-Key: {endpoint.key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status of an answer with a Content-Length, and whether the connection stays; raises EOFError without one."""
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
    await reader.readexactly(int(headers.get(b"content-length", b"0")))
    return int(lines[0].split(b" ")[1]), headers.get(b"connection") != b"close"
