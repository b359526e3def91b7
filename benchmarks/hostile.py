"""`make hostile`: how long normal uploads take beside hostile clients, scene by scene, and what memory they cost."""

import asyncio
import json
import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from benchmarks import proxy
from benchmarks.attacks import SCENES, Attack, run
from benchmarks.bodies import api_key
from benchmarks.memory import Memory, listeners, resident, watch
from benchmarks.normal_load import Endpoint, Latencies, NormalLoad, Rate
from benchmarks.report import table
from benchmarks.servers import free_port, our_house
from standalone.child_processes.processes import ProcessError, start, stop
from standalone.embedded_postgres import EmbeddedPostgres
from standalone.embedded_valkey import EmbeddedValkey
from standalone.programs import Probe, Program

#: Attackers on this machine come from an address of their own, since limits by address are part of the defence.
ATTACKER = "127.0.0.66"
#: An attack builds up for so long before the measurement begins, and a server recovers for so long after it.
BUILD_UP_SECONDS = 2.0
RECOVERY_SECONDS = 3.0
#: An attack that ends by itself is broken off after so long.
MAX_SECONDS = 90.0


@dataclass(frozen=True)
class Target:
    """The server under attack: for the normal load, for the attackers, and the processes whose memory counts."""

    normal: Endpoint
    hostile: Endpoint
    pids: Sequence[int]


@dataclass(frozen=True)
class Finding:
    """What one scene showed."""

    scene: str
    latencies: Latencies
    memory: Memory
    #: What the attackers saw: answers by status, connections that were closed.
    seen: dict[str, int]

    def cells(self) -> list[str]:
        """One line of the table."""
        figures = self.latencies.figures()
        names = ("kept_p50", "kept_p99", "kept_max", "fresh_p99", "fresh_max")
        return [
            SCENES[self.scene].title,
            *(f"{figures[name]:,.0f}" for name in names),
            counted(self.latencies.failures) or "0",
            self.memory.told(),
            counted(self.seen) or "–",
        ]

    def document(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "scene": self.scene,
            "milliseconds": self.latencies.figures(),
            "sent": len(self.latencies.kept) + len(self.latencies.fresh),
            "failures": dict(self.latencies.failures),
            "memory_mib": asdict(self.memory),
            "attack": self.seen,
        }


HEAD = [
    "scene",
    "p50 ms",
    "p99 ms",
    "max ms",
    "fresh p99",
    "fresh max",
    "failed",
    "memory MiB",
    "attackers saw",
]


def counted(counts: dict[str, int]) -> str:
    """Counts in a few words, such as `100 × 429, 3 × closed`."""
    return ", ".join(f"{count:,} × {what}" for what, count in sorted(counts.items()))


def measure(
    target: Target, scene: str, seconds: float, *, scale: float = 1.0, rate: Rate | None = None
) -> Finding:
    """Attack from a second process, and send the normal load from this one meanwhile."""
    ours, theirs = multiprocessing.Pipe()
    attack = Attack(target.hostile, scale)
    process = multiprocessing.get_context("spawn").Process(
        target=run, args=(scene, attack, theirs), daemon=True
    )
    before = sum(resident(target.pids))
    process.start()
    theirs.close()
    try:
        latencies, memory = asyncio.run(_beside(target, SCENES[scene].ends, ours, seconds, rate or Rate()))
        # An attack that ended by itself listens no more; what it saw waits in the pipe.
        with suppress(OSError):
            ours.send("stop")
        seen = ours.recv()
    except EOFError:
        raise ProcessError(f"The attack {scene} failed; its own message is above.") from None
    else:
        process.join(RECOVERY_SECONDS)
    finally:
        process.kill()
    time.sleep(RECOVERY_SECONDS)
    return Finding(scene, latencies, replace(memory, before=before, after=sum(resident(target.pids))), seen)


async def _beside(
    target: Target, ends: bool, attack: Connection, seconds: float, rate: Rate
) -> tuple[Latencies, Memory]:
    """Send for some seconds, or for as long as an attack lasts that ends by itself."""
    if not ends:
        await asyncio.sleep(BUILD_UP_SECONDS)
    begun = time.monotonic()

    def is_over() -> bool:
        passed = time.monotonic() - begun
        return (
            passed > seconds if not ends else passed > MAX_SECONDS or (passed > seconds / 4 and attack.poll())
        )

    load = NormalLoad(target.normal, rate)
    latencies, memory = await asyncio.gather(load.run(is_over), watch(target.pids, is_over))
    return latencies, memory


@contextmanager
def ours(*, with_proxy: bool) -> Iterator[Target]:
    """Our server on fresh stores in a folder that goes afterwards, if wanted behind compose's proxy."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="insights-hostile-")))
        # PostgreSQL is not root where we are, and has to pass.
        home.chmod(0o711)
        stack.enter_context(EmbeddedPostgres(home))
        stack.enter_context(EmbeddedValkey(home))
        server = stack.enter_context(our_house(home))
        port, pids = int(urlsplit(server.address).port or 0), [server.processes[0]]
        if with_proxy:
            port, pid = stack.enter_context(_proxy(home, port))
            pids.append(pid)
        normal = Endpoint("127.0.0.1", port, api_key(0))
        yield Target(normal, replace(normal, key=api_key(1), source=ATTACKER), pids)


@contextmanager
def _proxy(home: Path, ingest: int) -> Iterator[tuple[int, int]]:
    """The proxy's port and process in front of ingest."""
    folder, port, other = home / "proxy", free_port(), free_port()
    folder.mkdir()
    ports = {"INGEST_PORT": str(port), "ANALYTICS_PORT": str(other)}
    path = proxy.write_local(folder, ports, {"ingest": ingest, "analytics": free_port()})
    program = Program("proxy", " ".join(proxy.command(path)), {}, Probe("127.0.0.1", port))
    process = start(program, home / "proxy.log", timeout=30, max_tries=1)
    try:
        yield port, process.pid
    finally:
        stop(process, signal.SIGTERM)


def given(url: str, key: str, attack_key: str | None, attack_from: str | None, pids: Sequence[int]) -> Target:
    """A server that runs already."""
    address = urlsplit(url)
    if address.scheme != "http" or not address.hostname:
        raise click.BadParameter("--url must be like http://127.0.0.1:8080")
    port = address.port or 80
    is_here = address.hostname.startswith("127.")
    source = attack_from or (ATTACKER if is_here else None)
    normal = Endpoint(address.hostname, port, key)
    hostile = replace(normal, key=attack_key or key, source=source)
    return Target(normal, hostile, pids or (listeners(port) if is_here else []))


@click.command()
@click.option("--url", help="The server to attack, such as http://127.0.0.1:8080; only one of your own.")
@click.option("--key", default="", help="A valid key for the normal load.")
@click.option("--attack-key", help="A valid key of somebody else, for attacks with one.")
@click.option("--attack-from", help="The local address of the attackers; 127.0.0.66 for a server on 127.….")
@click.option(
    "--pids", default="", help="Processes whose memory counts, with their children; else found by the port."
)
@click.option("--ours", "start_ours", is_flag=True, help="Start a server of our own, by the Procfile.")
@click.option("--nginx", is_flag=True, help="With --ours: behind the reverse proxy of docker-compose.yml.")
@click.option("--scenes", default=",".join(SCENES), show_default=True, help="What to measure.")
@click.option("--seconds", default=10.0, show_default=True, help="How long each scene is measured.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def main(
    url: str | None, start_ours: bool, nginx: bool, scenes: str, seconds: float, as_json: bool, **options: Any
) -> None:
    """Measure a normal load beside hostile clients."""
    names = scenes.split(",")
    if unknown := set(names) - set(SCENES):
        raise click.BadParameter(f"no such scene: {', '.join(sorted(unknown))}")
    if (url is None) == (not start_ours):
        raise click.UsageError("name a server with --url and --key, or start one with --ours")
    if nginx and not (start_ours and proxy.is_installed()):
        raise click.UsageError("--nginx needs --ours, and nginx (apt-get install nginx-light)")
    pids = [int(pid) for pid in options.pop("pids").split(",") if pid]
    try:
        with ExitStack() as stack:
            target = (
                stack.enter_context(ours(with_proxy=nginx))
                if start_ours
                else given(url or "", pids=pids, **options)
            )
            findings = [_told(measure(target, name, seconds)) for name in names]
    except ProcessError as error:
        sys.exit(str(error))
    if as_json:
        click.echo(json.dumps([finding.document() for finding in findings]))
    else:
        click.echo(table(HEAD, [finding.cells() for finding in findings]))


def _told(finding: Finding) -> Finding:
    click.echo(" | ".join(finding.cells()), err=True)
    return finding


if __name__ == "__main__":
    main()
