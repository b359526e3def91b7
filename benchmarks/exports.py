"""`make exports`: exports a large day to Parquet, alternating with another exporter, and late data of 400 old days."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import click
import polars as pl
import psycopg2

from benchmarks import report
from benchmarks.servers import durability
from db import migrate
from db.config import CHECKOUT
from db.connection import Database
from db.private_address import database_url
from db.statements import parse, statements
from standalone.embedded_postgres import EmbeddedPostgres
from tasks.exports import exporter
from tasks.exports.exporter import ExportTarget
from tasks.exports.local_storage import LocalStorage
from tasks.rollups import rollup

PAGE = CHECKOUT / "docs" / "benchmarks.md"
ENOUGH_ROUNDS = 5
PEOPLE, SESSIONS, TOOLS = 200, 103_000, 821_000
OLD_DAYS, OLD_SESSIONS_A_DAY = 400, 250
TIME_GOAL, MEMORY_GOAL, LATE_GOAL_SECONDS = 0.7, 0.35, 60


@dataclass(frozen=True)
class Run:
    """One export in a process of its own, from start to exit."""

    seconds: float
    #: Its peak memory.
    mebibytes: float


Runs = Mapping[str, Sequence[Run]]


@dataclass(frozen=True)
class Exporter:
    """The command that exports yesterday, and the folder of its files."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path


@click.command()
@click.option(
    "--peer",
    help="Command of the other exporter; {database_url} and {folder} are filled in. It exports yesterday.",
)
@click.option(
    "--peer-schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its tables."
)
@click.option("--rounds", default=ENOUGH_ROUNDS, show_default=True, help="Runs of each.")
def main(peer: str | None, peer_schema: Path | None, rounds: int) -> None:
    """Measure exports; a whole run beside a peer writes docs/benchmarks.md."""
    if (peer is None) != (peer_schema is None):
        raise click.UsageError("--peer and --peer-schema belong together")
    statements().update(parse((Path(__file__).parent / "exports.sql").read_text(encoding="utf-8")))
    statements().update(parse((Path(__file__).parent / "queries.sql").read_text(encoding="utf-8")))
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with _home() as home, closing(Database(database_url(home), pool_size=4, deadline=900)) as database:
        exporters = [_ours(home, database, yesterday)]
        if peer and peer_schema:
            exporters.append(_peer(home, peer, peer_schema, yesterday))
        runs = _alternate(exporters, rounds)
        _require_rows(exporters)
        late = _late(database, exporters[0].folder, yesterday)
        text = _document(runs, late, report.surroundings(durability(database)))
    click.echo(text)
    if peer and rounds >= ENOUGH_ROUNDS:
        report.put_in(PAGE, "exports", text)


@contextmanager
def _home() -> Iterator[Path]:
    """A fresh PostgreSQL, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="insights-bench-") as name:
        home = Path(name)
        # As root, PostgreSQL runs as another user, who must be able to enter.
        home.chmod(0o711)
        with EmbeddedPostgres(home):
            yield home


def _ours(home: Path, database: Database, day: date) -> Exporter:
    migrate.migrate(database.url)
    for what in ("people", "sessions", "tools", "models", "mark"):
        database.execute(f"bench_day_{what}", people=PEOPLE, sessions=SESSIONS, tools=TOOLS, day=day)
    rollup.begin_in_zone(database, "UTC")
    # Daily figures are computed as uploads arrive, long before the export.
    rollup.recompute_days(database, "UTC")
    _settle(database)
    folder = home / "exports"
    command_line = [
        sys.executable,
        str(CHECKOUT / "manage.py"),
        "export",
        "--from",
        str(day),
        "--to",
        str(day),
        "--json",
    ]
    environment = {"DATABASE_URL": database.url, "EXPORT_URL": str(folder), "INSIGHTS_HOME": str(home)}
    return Exporter("ours", command_line, environment, folder)


def _peer(home: Path, command: str, schema: Path, day: date) -> Exporter:
    url = database_url(home).replace("/insights?", "/peer?")
    with closing(Database(database_url(home), pool_size=1)) as ours:
        ours.execute("bench_make_peer")
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(schema.read_text(encoding="utf-8"))
    with closing(Database(url, pool_size=1, deadline=900)) as database:
        for what in ("people", "sessions", "tools"):
            database.execute(f"bench_peer_day_{what}", people=PEOPLE, sessions=SESSIONS, tools=TOOLS, day=day)
        _settle(database)
    folder = home / "peer-exports"
    command_line = shlex.split(command.format(database_url=shlex.quote(url), folder=shlex.quote(str(folder))))
    return Exporter("peer", command_line, {}, folder)


def _settle(database: Database) -> None:
    database.execute("bench_days_settle")
    database.execute("bench_days_checkpoint")


def _alternate(exporters: list[Exporter], rounds: int) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {candidate.name: [] for candidate in exporters}
    # The first run of each finds cold caches, and does not count.
    for number in range(rounds + 1):
        for candidate in exporters:
            run = _run(candidate)
            click.echo(f"{number} {candidate.name}: {run.seconds:.2f} s, {run.mebibytes:.0f} MiB", err=True)
            if number:
                runs[candidate.name].append(run)
    return runs


def _run(exporter: Exporter) -> Run:
    command_line = [sys.executable, "-S", str(Path(__file__).with_name("alone.py")), *exporter.command]
    done = subprocess.run(
        command_line, env=os.environ | exporter.environment, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit(f"{exporter.name} ended with {done.returncode}.")
    seconds, kibibytes = map(float, done.stdout.split())
    return Run(seconds, kibibytes / 1024)


def _require_rows(exporters: list[Exporter]) -> None:
    """End the benchmark unless both exporters have written every row."""
    for candidate in exporters:
        for name, expected in (("sessions", SESSIONS), ("tools", TOOLS)):
            found = (
                pl.scan_parquet(candidate.folder / "**" / f"{name}_*.parquet")
                .select(pl.len())
                .collect()
                .item()
            )
            if found != expected:
                sys.exit(f"{candidate.name} wrote {found} rows of {name} instead of {expected}.")


def _late(database: Database, folder: Path, day: date) -> float:
    """Seconds from a late session on each of 400 old days until all figures and files are correct."""
    export_target = ExportTarget(LocalStorage(folder), 30, "UTC")
    old = {"days": OLD_DAYS, "people": PEOPLE, "day": day}
    database.execute("bench_old_sessions", name="old", each=OLD_SESSIONS_A_DAY, **old)
    _update(database, export_target, day)
    _settle(database)
    database.execute("bench_old_sessions", name="late", each=1, **old)
    began = time.monotonic()
    _update(database, export_target, day)
    seconds = time.monotonic() - began
    click.echo(f"late: {seconds:.1f} s", err=True)
    files = pl.scan_parquet(folder / "sessions/**/*.parquet").select(pl.len()).collect().item()
    if files != SESSIONS + OLD_DAYS * (OLD_SESSIONS_A_DAY + 1):
        sys.exit(f"The files hold {files} sessions.")
    return seconds


def _update(database: Database, export_target: ExportTarget, day: date) -> None:
    rollup.recompute_days(database, "UTC")
    # `catch_up` leaves out the large day itself, which is not over.
    exporter.catch_up(database, export_target, day)


def _document(runs: Runs, late: float, surroundings: str) -> str:
    heading = f"{datetime.now(UTC).date():%Y-%m-%d}, {surroundings}. Medians of {len(runs['ours'])} runs."
    head = ["", "Insights", "peer", "ratio (lowest–highest pair)", "goal"]
    lines = [
        _compared(
            f"{SESSIONS:,} sessions and {TOOLS:,} tool rows of one day to Parquet",
            runs,
            "seconds",
            "s",
            TIME_GOAL,
        ),
        _compared("the most memory that took", runs, "mebibytes", "MiB", MEMORY_GOAL),
        [
            f"late data of {OLD_DAYS} old days of {OLD_SESSIONS_A_DAY} sessions, until figures and files are right",
            f"**{late:.1f} s**",
            "–",
            "–",
            f"≤ {LATE_GOAL_SECONDS} s",
        ],
    ]
    return f"{heading}\n\n{report.table(head, lines)}"


def _compared(title: str, runs: Runs, figure: str, unit: str, goal: float) -> list[str]:
    values = {name: [getattr(run, figure) for run in some] for name, some in runs.items()}
    shown = [
        f"{median(values[name]):,.{1 if unit == 's' else 0}f} {unit}" if values.get(name) else "–"
        for name in report.SERVERS
    ]
    pairs = [ours / peer for ours, peer in zip(values["ours"], values.get("peer", ()), strict=False)]
    ratio = f"**{median(pairs):.2f}×** ({min(pairs):.2f}–{max(pairs):.2f})" if pairs else "–"
    return [title, *shown, ratio, f"≤ {goal}×"]


if __name__ == "__main__":
    main()
