"""The attack bench against a small server of the test's own: what is counted, what is sent, what is printed."""

import asyncio
import gzip
import json
import os
import queue
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import click
import pytest
from click.testing import CliRunner

from benchmarks import hostile
from benchmarks.attacks import BAD_KEY, SCENES, Attack, tiny_messages
from benchmarks.hostile import Finding, Target, counted, given, main, measure
from benchmarks.memory import Memory, listeners, resident
from benchmarks.normal_load import Endpoint, Latencies, NormalLoad, Rate
from standalone.child_processes.processes import ProcessError

Result = TypeVar("Result")


class Server:
    """Answers every request, and remembers the heads and how much of each body came."""

    def __init__(self, answer: bytes, delay: float) -> None:
        self.answer = answer
        self.delay = delay
        self.heads: list[bytes] = []
        self.bytes = 0
        self.connections = 0
        self.under_way: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.under_way.add(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or b"0")
                while size > 0 and (piece := await reader.read(min(size, 65536))):
                    self.bytes += len(piece)
                    size -= len(piece)
                await asyncio.sleep(self.delay)
                writer.write(self.answer)
        except (OSError, EOFError):
            return
        finally:
            writer.transport.abort()


@asynccontextmanager
async def serving(
    status: str = "202 Accepted", more: str = "", delay: float = 0.0
) -> AsyncIterator[tuple[Server, Endpoint]]:
    server = Server(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n{more}\r\n{{}}".encode(), delay)
    listener = await asyncio.start_server(server.accept, "127.0.0.1", 0)
    try:
        yield server, Endpoint("127.0.0.1", listener.sockets[0].getsockname()[1], "dkd_sk_normal")
    finally:
        listener.close()
        for task in server.under_way:
            task.cancel()
        await asyncio.gather(*server.under_way, return_exceptions=True)
        # Connections are closed in the next round of the loop.
        await asyncio.sleep(0)


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What it returns."""
    return in_thread(asyncio.run, coroutine)


def in_thread(work: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """What it returns in a thread of its own: a browser test may have left an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *arguments, **named).result()


def loaded(
    requests: int, status: str = "202 Accepted", more: str = "", delay: float = 0.0
) -> tuple[Server, Latencies]:
    """A load that is over once so many requests were answered."""

    async def load() -> tuple[Server, Latencies]:
        async with serving(status, more, delay) as (server, endpoint):
            normal = NormalLoad(endpoint, Rate(400.0, 4, 100.0))
            return server, await normal.run(lambda: len(server.heads) >= requests)

    return run(load())


def test_the_normal_load_shares_kept_connections_and_opens_fresh_ones() -> None:
    server, latencies = loaded(100)

    assert len(latencies.kept) + len(latencies.fresh) == len(server.heads)
    assert server.connections == 4 + len(latencies.fresh)
    assert latencies.failures == {}
    assert len(latencies.kept) > len(latencies.fresh) > 0


def test_every_upload_of_the_load_is_another_session() -> None:
    server, _ = loaded(20)

    assert all(b"X-API-Key: dkd_sk_normal" in head for head in server.heads)
    assert server.bytes > 20 * 100


def test_a_refusal_counts_as_a_failure_by_its_status() -> None:
    server, latencies = loaded(20, "503 Service Unavailable")

    assert latencies.failures == {"503": len(server.heads)}


def test_a_connection_that_the_server_ends_is_opened_anew() -> None:
    server, latencies = loaded(20, more="Connection: close\r\n")

    assert server.connections == len(server.heads)
    assert latencies.failures == {}


def test_latency_counts_from_the_moment_a_request_was_due() -> None:
    """One is due every 10 ms on each connection, and an answer takes 50 ms, so all are later than the one before."""
    _, latencies = loaded(60, delay=0.05)

    assert min(latencies.kept) >= 50
    assert max(latencies.kept) >= 50 + 5 * 40


def test_figures_are_percentiles_of_either_kind_of_connection() -> None:
    latencies = Latencies(kept=[1.0, 2.0, 1000.0], fresh=[])

    assert latencies.figures() == {
        "kept_p50": 2.0,
        "kept_p99": 1000.0,
        "kept_max": 1000.0,
        "fresh_p50": 0.0,
        "fresh_p99": 0.0,
        "fresh_max": 0.0,
    }


def attacked(scene: str, status: str, scale: float, enough: int) -> tuple[Server, Counter[str]]:
    """An attack until the server has seen so many requests, or the attack ends."""

    async def attack() -> tuple[Server, Counter[str]]:
        async with serving(status) as (server, endpoint):
            attacking = Attack(endpoint, scale)
            task = asyncio.create_task(SCENES[scene].run(attacking))
            while not task.done() and len(server.heads) < enough:
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return server, attacking.seen

    return run(attack())


@pytest.mark.parametrize("scene", ["heads", "heads-key", "senders"])
def test_heads_announce_a_body_that_does_not_come(scene: str) -> None:
    server, _ = attacked(scene, "202 Accepted", 0.01, 1)

    assert b"Content-Length: 1000" in server.heads[0]
    assert (BAD_KEY.encode() in server.heads[0]) == (scene != "heads-key")
    assert server.bytes < 1000


def test_every_refused_body_is_sent_and_its_answer_counted() -> None:
    server, seen = attacked("refused", "401 Unauthorized", 0.01, 1000)

    assert seen == {"401": 3}
    assert server.bytes == 3 * 32 * 1024**2


def test_a_held_body_lacks_its_last_byte() -> None:
    server, seen = attacked("held-key", "202 Accepted", 0.01, 3)

    assert sorted(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]) for head in server.heads) == [
        mebibytes * 1024**2 + 1 for mebibytes in (8, 16, 24)
    ]
    assert seen == {}


def test_tiny_messages_are_all_at_once_and_small_on_the_wire() -> None:
    server, seen = attacked("tiny", "202 Accepted", 1.0, 1000)
    document = json.loads(gzip.decompress(packed := tiny_messages("s", 27_500)))

    assert seen == {"202": 16}
    assert all(b"Content-Encoding: gzip" in head for head in server.heads)
    assert len(document["messages"]) == 27_501
    assert len(packed) < 80_000
    # Above it a limit for large bodies would hold such an attack off.
    assert len(gzip.decompress(packed)) < 1024**2


def finding(**seen: int) -> Finding:
    latencies = Latencies([1.0, 1500.0], [3.0], Counter({"503": 2}))
    return Finding("heads", latencies, Memory(100, 200, 150, 90), seen)


def test_a_line_of_the_table_says_everything_in_few_words() -> None:
    assert finding(closed=3).cells() == [
        "3,000 heads without a body, bad key",
        "1",
        "1,500",
        "1,500",
        "3",
        "3",
        "2 × 503",
        "100 → 200 → 150",
        "3 × closed",
    ]
    assert len(finding().cells()) == len(hostile.HEAD)


def test_the_document_for_programs_holds_the_same() -> None:
    document = json.loads(json.dumps(finding(closed=3).document()))

    assert document["milliseconds"]["kept_max"] == 1500.0
    assert (document["sent"], document["failures"], document["attack"]) == (3, {"503": 2}, {"closed": 3})
    assert document["memory_mib"] == {"before": 100, "most": 200, "after": 150, "largest": 90}


def test_counts_of_nothing_are_nothing() -> None:
    assert counted({}) == ""
    assert counted({"429": 2000, "202": 1}) == "1 × 202, 2,000 × 429"


def test_attackers_on_this_machine_have_an_address_of_their_own() -> None:
    local = given("http://127.0.0.1:1", "k", None, None, [7])
    remote = given("http://insights.example.org", "k", "a", None, [])

    assert (local.normal.source, local.hostile.source, local.pids) == (None, "127.0.0.66", [7])
    assert (remote.hostile.source, remote.hostile.key, remote.normal.port, remote.pids) == (None, "a", 80, [])


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(click.BadParameter):
        given("127.0.0.1:8080", "k", None, None, [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--ours", "--scenes", "quiet,loud"], "no such scene: loud"),
        ([], "name a server with --url"),
        (["--ours", "--url", "http://127.0.0.1:1"], "name a server with --url"),
        (["--url", "http://127.0.0.1:1", "--nginx"], "--nginx needs --ours"),
    ],
)
def test_a_wrong_command_gets_one_sentence(arguments: list[str], sentence: str) -> None:
    done = CliRunner().invoke(main, arguments)

    assert done.exit_code == 2
    assert sentence in done.output


def test_the_listening_process_is_found_by_its_port() -> None:
    async def found() -> tuple[list[int], list[int]]:
        async with serving() as (_, endpoint):
            return listeners(endpoint.port), listeners(1)

    (pid,), nobody = run(found())
    assert nobody == []
    assert sum(resident([pid])) > 1
    assert resident([2**22 + 1]) == []


@contextmanager
def serving_elsewhere(status: str) -> Iterator[Endpoint]:
    """The same server in a thread of its own."""
    found: queue.Queue[Endpoint] = queue.Queue()
    stop = threading.Event()

    async def serve() -> None:
        async with serving(status) as (_, endpoint):
            found.put(endpoint)
            while not stop.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    yield found.get()
    stop.set()
    thread.join()


@pytest.mark.parametrize(("scene", "seen"), [("refused", {"401": 3}), ("idle", {})])
def test_a_scene_is_attacked_by_a_process_of_its_own(
    scene: str, seen: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hostile, "BUILD_UP_SECONDS", 0.0)
    monkeypatch.setattr(hostile, "RECOVERY_SECONDS", 0.5)
    with serving_elsewhere("401 Unauthorized") as endpoint:
        target = Target(endpoint, endpoint, [os.getpid()])
        found = in_thread(measure, target, scene, 0.2, scale=0.01, rate=Rate(20.0, 2, 5.0))

    assert found.seen == seen
    assert found.latencies.failures.keys() == {"401"}
    assert found.memory.most >= found.memory.largest > 1


def test_an_attack_that_fails_ends_the_measurement_with_a_sentence() -> None:
    with serving_elsewhere("202 Accepted") as endpoint:
        # Not an address of this machine, nor one that anybody has.
        target = Target(endpoint, replace(endpoint, source="no address"), [])
        with pytest.raises(ProcessError, match="The attack refused failed"):
            in_thread(measure, target, "refused", 0.1, scale=0.01, rate=Rate(20.0, 2, 5.0))
