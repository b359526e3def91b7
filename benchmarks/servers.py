"""The two servers under measurement: started here, on one PostgreSQL, each with a database of its own."""

import os
import shlex
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg2

from benchmarks.bodies import PEOPLE, api_key, person_name
from benchmarks.cpu import Usage, usage
from db import migrate
from db.accounts import users
from db.accounts.api_keys import hash_key
from db.config import CHECKOUT
from db.connection import Database, Row
from db.private_address import database_url
from db.statements import parse, statements
from standalone.child_processes.processes import start, stop
from standalone.programs import Probe, Program, read_procfile
from standalone.run_config import RunSettings

DEADLINE_SECONDS = 120
QUIET_SECONDS = 0.2
PATIENCE_SECONDS = 180
QUERIES = Path(__file__).parent / "queries.sql"
#: What a benchmark needs of our processes; the dashboard has no part in uploads.
PROCESSES = ("ingest", "worker", "scheduler")
#: Days are counted as the made-up uploads count them; fifty keys send what thousands would.
SETTINGS = {"INSIGHTS_TIMEZONE": "UTC", "INSIGHTS_ENV": "production", "INGEST_REQUESTS_PER_MINUTE": "0"}


class Peer(NamedTuple):
    """Another server: how to start it, and the file with its tables."""

    command: str
    schema: Path


@dataclass
class Server:
    """One server as the measurement sees it: an address, its database, its processes."""

    name: str
    address: str
    database: Database
    #: The processes of its own, and the PostgreSQL below.
    processes: list[int]
    postgres: int

    def clear(self) -> None:
        """Empty its tables of sessions, and leave PostgreSQL nothing to tidy up later."""
        self.database.execute(f"bench_{self.name}_clear")
        self.database.execute("bench_vacuum")
        self.database.execute("bench_checkpoint")

    def sessions(self) -> int:
        """How many sessions are rows."""
        row = self.database.fetch_one("bench_sessions")
        return row["sessions"] if row else 0

    def days(self) -> list[Row]:
        """What its charts count, for each person's day."""
        return self.database.fetch("bench_days")

    def wait_for_rows(self) -> float:
        """Wait until nothing acknowledged waits to become a row; returns since when that is so."""
        return self._wait(f"bench_{self.name}_waits")

    def wait_for_rest(self) -> None:
        """Wait until it has nothing left to do at all."""
        if self.name == "ours":
            self._wait("bench_ours_days_wait")

    def usage(self) -> Usage:
        """What it and everybody else have used of the cores."""
        return usage(self.processes, self.postgres)

    def _wait(self, statement: str) -> float:
        """The beginning of the first quiet moment that lasts."""
        deadline, quiet_since = time.monotonic() + PATIENCE_SECONDS, None
        while time.monotonic() < deadline:
            asked_at = time.monotonic()
            row = self.database.fetch_one(statement)
            if row and row["waits"]:
                quiet_since = None
            elif quiet_since is None:
                quiet_since = asked_at
            elif asked_at - quiet_since > QUIET_SECONDS:
                return quiet_since
            time.sleep(0.01)
        sys.exit(f"{self.name} is not done after {PATIENCE_SECONDS} seconds.")


@contextmanager
def our_house(home: Path) -> Iterator[Server]:
    """Ours, by the lines of the Procfile, on the private stores in `home`."""
    statements().update(parse(QUERIES.read_text(encoding="utf-8")))
    settings = RunSettings(insights_home=home, ingest_port=free_port(), database_url=None, redis_url=None)
    migrate.migrate(settings.postgres)
    commands = read_procfile(CHECKOUT / "Procfile")
    probes = {"ingest": Probe("127.0.0.1", settings.ingest_port)}
    environment = settings.environment() | SETTINGS
    programs = [Program(name, commands[name], environment, probes.get(name)) for name in PROCESSES]
    with closing(Database(settings.postgres, pool_size=2, deadline=DEADLINE_SECONDS)) as database:
        _enrol(database)
        with running(programs, home) as processes:
            yield Server("ours", settings.addresses.ingest, database, processes, postgres_of(home))


def _enrol(database: Database) -> None:
    for person in range(PEOPLE):
        account = users.create_account(
            database,
            username=person_name(person),
            email=None,
            role="member",
            share_level="full",
            show_in_leaderboard=True,
            password_hash=None,
        )
        raw = api_key(person)
        users.issue_key(
            database, user_id=account.user_id, label="bench", prefix=raw[:12], key_hash=hash_key(raw)
        )


@contextmanager
def peer_server(peer: Peer, home: Path, ours: Database) -> Iterator[Server]:
    """The other one, in a database beside ours."""
    ours.execute("bench_make_peer")
    url, port = database_url(home).replace("/insights?", "/peer?"), free_port()
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(peer.schema.read_text(encoding="utf-8"))
    command = peer.command.format(port=port, database_url=shlex.quote(url))
    program = Program("peer", command, os.environ, Probe("127.0.0.1", port))
    with closing(Database(url, pool_size=2, deadline=DEADLINE_SECONDS)) as database:
        _enrol_at_peer(database)
        with running([program], home) as processes:
            yield Server("peer", f"http://127.0.0.1:{port}", database, processes, postgres_of(home))


def _enrol_at_peer(database: Database) -> None:
    for person in range(PEOPLE):
        database.execute(
            "bench_peer_person",
            username=person_name(person),
            email=f"{person_name(person)}@example.org",
            key_hash=hash_key(api_key(person)).hex(),
        )


@contextmanager
def running(programs: list[Program], home: Path) -> Iterator[list[int]]:
    with ExitStack() as stack:
        pids = []
        for program in programs:
            process = start(program, home / f"{program.name}.log", timeout=60, max_tries=1)
            stack.callback(stop, process, signal.SIGTERM)
            pids.append(process.pid)
        yield pids


def postgres_of(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def durability(database: Database) -> dict[str, str]:
    """What PostgreSQL says a commit is worth, and its version; asked in the server's own database."""
    names = ["server_version", "fsync", "synchronous_commit", "full_page_writes"]
    return {row["name"]: row["value"] for row in database.fetch("bench_settings", names=names)}
