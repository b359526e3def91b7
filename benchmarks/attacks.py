"""The hostile clients of `make hostile`, each a coroutine that runs in a process of its own."""

import asyncio
import gzip
import json
import resource
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from benchmarks.bodies import SESSIONS
from benchmarks.normal_load import Endpoint, read_answer, request

MIB = 1024**2
BAD_KEY = "dkd_sk_hostile"
#: How many connections are being opened at the same time.
OPENING = 100
#: A client that was sent away comes back after so many seconds.
RETURN_SECONDS = 5.0
PIECE = b" " * 65_536
#: How secrets of many services begin. A server that looks for secrets only in uploads that may hold some has to look
#: at every message of an upload with these.
BEGINNINGS = (
    "dkd_sk_ AKIA ghp_ github_pat_ glpat- sk-ant- sk- xoxb- xoxd- xapp- AIza ya29. GOCSPX- sk_live_ npm_ pypi- hf_ SG."
    " pat_v1_ dapi hvs. AGE-SECRET-KEY-1 eyJ gsk_ xai- pplx- r8_ tvly- lsv2_ ATATT3 ATBB dckr_pat_ shpat_ lin_api_ ntn_"
    " secret_ figd_ sntrys_ dp. sbp_ sb_secret_ pscale_ PMAK- glsa_ glc_ NRAK- rubygems_ CCIPAT_ bkua_ pul- AKCp"
    " ops_eyJ fm2_ key- AA x.atlasv1."
)
PHRASES = (
    "-----BEGIN whsec_ https://hooks.example.org https://a:b@example.org curl -u Authorization: Bearer password: pwd:"
    " secret: token: auth: credentials: key: cookie: --password </password> sshpass -p mysql -p login x password 'x'"
)


@dataclass
class Attack:
    """One attack under way: whom it attacks, and what it saw."""

    endpoint: Endpoint
    #: How much of the attack's connections or bodies, for tests; 1 = all.
    scale: float = 1.0
    #: Answers by status, and "closed" for a connection that ended without one.
    seen: Counter[str] = field(default_factory=Counter)
    _opening: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(OPENING))

    def number(self, count: int) -> int:
        """So many at the scale of this attack, at least one."""
        return max(1, round(count * self.scale))

    def with_bad_key(self) -> "Attack":
        """The same with a key that nobody has."""
        return replace(self, endpoint=replace(self.endpoint, key=BAD_KEY))

    async def hold(self, count: int, act: "Act") -> None:
        """Keep so many connections busy for ever; one that is sent away comes back later."""
        await asyncio.gather(*(self._hold_one(act) for _ in range(self.number(count))))

    async def _hold_one(self, act: "Act") -> None:
        while True:
            try:
                async with self._opening:
                    reader, writer = await self.endpoint.connect()
                try:
                    await act(self, reader, writer)
                finally:
                    writer.transport.abort()
            except (OSError, EOFError):
                self.seen["closed"] += 1
            await asyncio.sleep(RETURN_SECONDS)

    async def answer(self, reader: asyncio.StreamReader) -> None:
        """Wait for an answer and count it."""
        status, _ = await read_answer(reader)
        self.seen[str(status)] += 1


#: What one hostile connection does until the server ends it.
Act = Callable[[Attack, asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


async def head_only(attack: Attack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announce 1,000 bytes and send none."""
    writer.write(announced(attack.endpoint, 1000))
    await attack.answer(reader)


async def slow_body(attack: Attack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announce 1,000 bytes and send one each half second."""
    writer.write(announced(attack.endpoint, 1000))
    dripping = asyncio.create_task(_drip(writer))
    try:
        await attack.answer(reader)
    finally:
        dripping.cancel()


async def _drip(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.5)


async def slow_reader(attack: Attack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ask for a large answer two hundred times in one breath, and read none."""
    writer.transport.pause_reading()  # type: ignore[attr-defined] # streams have a transport that reads
    writer.write(f"GET /openapi.json HTTP/1.1\r\nHost: {attack.endpoint.host}\r\n\r\n".encode() * 200)
    while not writer.transport.is_closing():
        await asyncio.sleep(0.5)


async def idle(_attack: Attack, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Send nothing at all."""
    await reader.readexactly(1)


def held_body(size: int) -> Act:
    """Announce one byte more than `size`, send the rest at once, and leave it at that."""

    async def act(attack: Attack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(announced(attack.endpoint, size + 1))
        answered = asyncio.create_task(attack.answer(reader))
        try:
            await _send(writer, size, answered)
            await answered
        finally:
            answered.cancel()

    return act


async def _send(writer: asyncio.StreamWriter, size: int, answered: "asyncio.Task[None]") -> None:
    """Send so many bytes, or until there is an answer."""
    for _ in range(size // len(PIECE)):
        if answered.done():
            return
        writer.write(PIECE)
        await writer.drain()


async def refused_body(attack: Attack) -> None:
    """One body of 32 MiB with a bad key."""
    reader, writer = await attack.endpoint.connect()
    answered = asyncio.create_task(attack.answer(reader))
    try:
        writer.write(announced(attack.endpoint, 32 * MIB))
        with suppress(OSError):
            await _send(writer, 32 * MIB, answered)
        await answered
    except (OSError, EOFError):
        attack.seen["closed"] += 1
    finally:
        answered.cancel()
        writer.transport.abort()


def announced(endpoint: Endpoint, size: int) -> bytes:
    """The head of an upload of so many bytes."""
    return request(endpoint, SESSIONS, b"").replace(b"Content-Length: 0", b"Content-Length: %d" % size)


def tiny_messages(session_id: str, count: int) -> bytes:
    """A gzipped session with so many messages of one letter, and one with the beginnings of many secrets."""
    bait = " ".join(f"{beginning}{'aB3dE6' * 6}" for beginning in BEGINNINGS.split())
    texts = [f"{bait} {PHRASES}", *islice(cycle("abcdefghij"), count)]
    # Without a role 27,500 of them stay below 1 MiB, where a limit for large bodies begins.
    messages = [{"seq": number, "role": "", "content": text} for number, text in enumerate(texts)]
    document = {"session_id": session_id, "started_at": "2026-11-20T10:00:00Z", "messages": messages}
    return gzip.compress(json.dumps(document, separators=(",", ":")).encode())


async def no_attack(_attack: Attack) -> None:
    """Nothing: what the normal load takes by itself."""
    await asyncio.Event().wait()


async def heads_with_bad_key(attack: Attack) -> None:
    """3,000 connections with a head and no body."""
    bad = attack.with_bad_key()
    await bad.hold(3000, head_only)


async def heads_with_key(attack: Attack) -> None:
    """The same with a valid key."""
    await attack.hold(3000, head_only)


async def slow_senders(attack: Attack) -> None:
    """50 connections that send a byte each half second."""
    await attack.with_bad_key().hold(50, slow_body)


async def slow_readers(attack: Attack) -> None:
    """50 connections that ask for much and read nothing."""
    await attack.hold(50, slow_reader)


async def idle_connections(attack: Attack) -> None:
    """500 connections that never say anything."""
    await attack.hold(500, idle)


async def held_bodies_with_bad_key(attack: Attack) -> None:
    """72 connections that hold 8 to 24 MiB each of a body."""
    await held_bodies_with_key(attack.with_bad_key())


async def held_bodies_with_key(attack: Attack) -> None:
    """The same with a valid key."""
    await asyncio.gather(*(attack.hold(24, held_body(mebibytes * MIB)) for mebibytes in (8, 16, 24)))


async def refused_bodies(attack: Attack) -> None:
    """300 bodies of 32 MiB with a bad key, one after the other."""
    bad = attack.with_bad_key()
    for _ in range(attack.number(300)):
        await refused_body(bad)


async def bodies_of_tiny_messages(attack: Attack) -> None:
    """16 bodies of 27,500 messages of one letter, gzipped, all at once."""

    async def upload(number: int) -> None:
        reader, writer = await attack.endpoint.connect()
        body = tiny_messages(f"tiny-{number}", attack.number(27_500))
        writer.write(request(attack.endpoint, SESSIONS, body, "Content-Encoding: gzip"))
        try:
            await attack.answer(reader)
        except (OSError, EOFError):
            attack.seen["closed"] += 1
        finally:
            writer.close()

    await asyncio.gather(*(upload(number) for number in range(16)))


class Scene(NamedTuple):
    """One attack: its title, what it does, and whether it ends by itself."""

    title: str
    run: Callable[[Attack], Coroutine[Any, Any, None]]
    ends: bool = False


SCENES = {
    "quiet": Scene("quiet", no_attack),
    "heads": Scene("3,000 heads without a body, bad key", heads_with_bad_key),
    "heads-key": Scene("3,000 heads without a body, valid key", heads_with_key),
    "senders": Scene("50 slow senders", slow_senders),
    "readers": Scene("50 slow readers", slow_readers),
    "idle": Scene("500 idle connections", idle_connections),
    "held": Scene("72 held bodies of 8–24 MiB, bad key", held_bodies_with_bad_key),
    "held-key": Scene("72 held bodies of 8–24 MiB, valid key", held_bodies_with_key),
    "refused": Scene("300 refused bodies of 32 MiB", refused_bodies, ends=True),
    "tiny": Scene("16 bodies of 27,500 tiny messages", bodies_of_tiny_messages, ends=True),
}


def run(name: str, attack: Attack, control: Connection) -> None:
    """Attack until it is over or `control` says so, then report what was seen; the target of a process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_until_stopped(SCENES[name].run(attack), control))
    with suppress(OSError):
        control.send(dict(attack.seen))


async def _until_stopped(attacking: Coroutine[Any, Any, None], control: Connection) -> None:
    task = asyncio.create_task(attacking)
    while not task.done() and not control.poll():
        await asyncio.sleep(0.1)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
