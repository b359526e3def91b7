"""The servers that hold a made-up year: ours with many sessions, ours with few, and the peer, on one PostgreSQL."""

import os
import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import year
from benchmarks.cpu import Usage, usage
from benchmarks.servers import QUERIES, SETTINGS, Peer, free_port, postgres_of, running
from benchmarks.year import Year
from db import migrate
from db.config import CHECKOUT
from db.connection import Database, connect_unpooled
from db.private_address import database_url
from db.statements import parse, statements
from standalone.programs import Probe, Program, read_procfile
from standalone.run_config import RunSettings

#: Filling takes many minutes, each statement of it a few.
DEADLINE_SECONDS = 3600
LARGE, SMALL, PEER = "large", "small", "peer"


@dataclass(frozen=True)
class YearServer:
    """One server: where it answers, its database, and its processes."""

    ingest: str
    analytics: str
    database_url: str
    processes: list[int]


@dataclass(frozen=True)
class InsightsServer:
    """Everything under measurement, on the stores in one folder."""

    home: Path
    servers: dict[str, YearServer]

    def usage(self) -> Usage:
        """What all servers together, and everybody else, have used of the cores."""
        processes = [pid for server in self.servers.values() for pid in server.processes]
        return usage(processes, postgres_of(self.home))


def know_statements() -> None:
    """Add the benchmarks' own statements to those of the server."""
    for path in (QUERIES, QUERIES.with_name("year.sql")):
        statements().update(parse(path.read_text(encoding="utf-8")))


def database_of(home: Path, name: str) -> str:
    """The URL of the database of that name, which is made if there is none."""
    with closing(Database(database_url(home), pool_size=1)) as database:
        found = database.fetch_one("bench_database_exists", name=name)
        if not found or not found["databases"]:
            database.execute(f"bench_make_{name}")
    return database_url(home).replace("/insights?", f"/{name}?")


@contextmanager
def our_server(home: Path, name: str, filled_with: Year, *processes: str) -> Iterator[YearServer]:
    """Ours on the database of that name, filled first if it is not; by the lines of the Procfile."""
    url = database_of(home, name)
    migrate.migrate(url)
    with closing(Database(url, pool_size=2, deadline=DEADLINE_SECONDS)) as database:
        if _sessions(database) < filled_with.sessions:
            year.fill_ours(database, filled_with)
    settings = RunSettings(
        insights_home=home, ingest_port=free_port(), analytics_port=free_port(), database_url=url
    )
    with running(_programs(settings, *processes), home) as pids:
        yield YearServer(settings.addresses.ingest, settings.addresses.analytics, url, pids)


def _programs(settings: RunSettings, *names: str) -> list[Program]:
    commands = read_procfile(CHECKOUT / "Procfile")
    environment = settings.environment() | SETTINGS
    ports = {"ingest": settings.ingest_port, "analytics": settings.analytics_port}
    probes = {name: Probe("127.0.0.1", port) for name, port in ports.items()}
    return [Program(name, commands[name], environment, probes.get(name)) for name in names]


@contextmanager
def peer_server(peer: Peer, home: Path, filled_with: Year) -> Iterator[YearServer]:
    """The other one, filled with the same."""
    url, port = database_of(home, PEER), free_port()
    with closing(Database(url, pool_size=1, deadline=DEADLINE_SECONDS)) as database:
        if not database.fetch_one("bench_has_sessions", table="sessions"):
            _run_schema(url, peer.schema)
            year.fill_peer(database, filled_with)
    command = peer.command.format(port=port, database_url=shlex.quote(url))
    program = Program("peer", command, os.environ, Probe("127.0.0.1", port))
    with running([program], home) as pids:
        yield YearServer(f"http://127.0.0.1:{port}", "", url, pids)


def _run_schema(url: str, schema: Path) -> None:
    with closing(connect_unpooled(url, deadline=60)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(schema.read_text(encoding="utf-8"))


def _sessions(database: Database) -> int:
    row = database.fetch_one("bench_sessions")
    return int(row["sessions"]) if row else 0
