"""`make charts`: what a look at a year costs over a million sessions, beside another server that holds the same."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import click

from benchmarks import charts_report, late
from benchmarks.bodies import api_key
from benchmarks.browser import Browser
from benchmarks.charts_report import ChartStyle, Findings, comparable
from benchmarks.report import put_in, surroundings
from benchmarks.servers import PROCESSES, Peer, durability
from benchmarks.year import ADMIN, DAYS, PASSWORD, Year
from benchmarks.year_servers import (
    LARGE,
    PEER,
    SMALL,
    House,
    YearServer,
    know_statements,
    our_server,
    peer_server,
)
from db.config import CHECKOUT
from db.connection import Database
from standalone.child_processes.processes import ProcessError
from standalone.embedded_postgres import EmbeddedPostgres, make_home
from standalone.embedded_valkey import EmbeddedValkey

PAGE = CHECKOUT / "docs" / "benchmarks.md"
MILLION, FEW = 1_000_000, 10_000
#: Fewer rounds are good for a look, not for the page.
ENOUGH_ROUNDS = 5
#: So many pairs of answers are a round: a few milliseconds each, which anything else on the machine may double.
PAIRS_A_ROUND = 3
#: A page takes a fraction of the peer's time, and is asked for so many times as often.
LOOKS_A_ROUND = 5
#: Asked of every server and page before anything is measured: connections to PostgreSQL begin with empty memories.
WARMING_UP = 6
YEAR = f"?days={DAYS}"
ANSWERS = ("tools", "stats", "trends", "leaderboard")
#: What is opened, by the name that people know it under.
PAGES = {
    "Team": ("/", YEAR),
    "Team, one project": ("/", f"{YEAR}&project=shop-api"),
    "Team, one model": ("/", f"{YEAR}&model=claude-sonnet-5"),
    "Leaderboard": ("/leaderboard", YEAR),
    "Tools": ("/tools", YEAR),
    "Tools, one tool": ("/tools", f"{YEAR}&tool=Read"),
    "Trends": ("/trends", YEAR),
    "Projects": ("/projects", YEAR),
    "Models & cost": ("/models", YEAR),
    "Me": ("/me", YEAR),
    "Connect": ("/connect", ""),
    "Administration": ("/admin", ""),
}


@dataclass(frozen=True)
class Choice:
    """How much is measured."""

    sessions: int
    few: int
    rounds: int


@click.command()
@click.option("--peer", help="Command that starts the other server; {port} and {database_url} are filled in.")
@click.option(
    "--peer-schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its tables."
)
@click.option("--sessions", default=MILLION, show_default=True, help="Sessions of the year.")
@click.option("--few", default=FEW, show_default=True, help="Sessions of the other year.")
@click.option("--rounds", default=ENOUGH_ROUNDS, show_default=True, help="Rounds of each answer and page.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the filled databases there, for later today."
)
def main(peer: str | None, peer_schema: Path | None, home: Path | None, **numbers: int) -> None:
    """Measure charts over a year; a whole run beside a peer writes docs/benchmarks.md."""
    if (peer is None) != (peer_schema is None):
        raise click.UsageError("--peer and --peer-schema belong together")
    choice = Choice(**numbers)
    try:
        with _house(Peer(peer, peer_schema) if peer and peer_schema else None, choice, home) as house:
            findings = measure(house, choice)
    except ProcessError as error:
        sys.exit(str(error))
    text = charts_report.document(findings, datetime.now(UTC).date())
    click.echo(text)
    if peer and choice.sessions >= MILLION and choice.rounds >= ENOUGH_ROUNDS:
        put_in(PAGE, "charts", text)


@contextmanager
def _house(peer: Peer | None, choice: Choice, home: Path | None) -> Iterator[House]:
    """Everybody on one PostgreSQL, each with a database that holds its year."""
    know_statements()
    now = datetime.now(UTC)
    with ExitStack() as stack:
        home = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="insights-charts-")))
        make_home(home)
        # PostgreSQL is not root where we are, and has to pass.
        home.chmod(0o711)
        stack.enter_context(EmbeddedPostgres(home))
        stack.enter_context(EmbeddedValkey(home))
        servers: dict[str, YearServer] = {}
        click.echo("Filling what is not filled yet: a million sessions take some ten minutes.", err=True)
        if peer:
            servers[PEER] = stack.enter_context(peer_server(peer, home, Year(choice.sessions, now)))
        few, many = Year(choice.few, now), Year(choice.sessions, now)
        servers[SMALL] = stack.enter_context(our_server(home, SMALL, few, "analytics"))
        servers[LARGE] = stack.enter_context(our_server(home, LARGE, many, *PROCESSES, "analytics"))
        yield House(home, servers)


def measure(house: House, choice: Choice) -> Findings:
    """Answers beside the peer, pages beside those of few sessions, then everything else."""
    click.echo("Measuring.", err=True)
    large, before = house.servers[LARGE], house.usage()
    answers = {name: _answers(house, name, choice.rounds * PAIRS_A_ROUND) for name in ANSWERS}
    looks = {name: _looks(house, name, choice.rounds * LOOKS_A_ROUND) for name in PAGES}
    late_ones = [late.late_seconds(large, house.servers.get(PEER)) for _ in range(choice.rounds)]
    foreign = house.usage().since(before).foreign_share
    with closing(Database(large.database_url, pool_size=1)) as database:
        worth = durability(database)
    return Findings(
        sessions=choice.sessions,
        few=choice.few,
        answers=answers,
        looks=looks,
        late=late_ones,
        check=late.check_seconds(large),
        surroundings=surroundings(worth),
        foreign_share=foreign,
    )


def _answers(house: House, name: str, pairs: int) -> dict[str, list[float]]:
    """Seconds of one answer, of each server by turns; they have to say the same."""
    addresses = {server: house.servers[server].ingest for server in (LARGE, PEER) if server in house.servers}
    said = {server: comparable(name, _ask(address, name)[0]) for server, address in addresses.items()}
    if any(other != said[LARGE] for other in said.values()):
        sys.exit(f"The servers do not hold the same year: {name} is answered with {said}")
    seconds: dict[str, list[float]] = {server: [] for server in addresses}
    for number in range(-WARMING_UP, pairs):
        for server, address in addresses.items():
            took = _ask(address, name)[1]
            seconds[server] += [took] if number >= 0 else []
    return seconds


def _ask(address: str, name: str) -> tuple[bytes, float]:
    """An answer on an open connection, and its seconds; one from before would be closed while the other answered."""
    client = HTTPConnection(urlsplit(address).netloc, timeout=120)
    client.request("GET", "/health")
    client.getresponse().read()
    began = time.perf_counter()
    client.request("GET", f"/api/v1/team/{name}{YEAR}", headers={"X-API-Key": api_key(0)})
    answer = client.getresponse()
    body = answer.read()
    seconds = time.perf_counter() - began
    client.close()
    if answer.status != HTTPStatus.OK:
        sys.exit(f"{name} was answered with {answer.status}")
    return body, seconds


def _looks(house: House, page: str, looks: int) -> dict[str, list[ChartStyle]]:
    """What a page takes, of the year with many sessions and of the one with few by turns."""
    seen: dict[str, list[ChartStyle]] = {LARGE: [], SMALL: []}
    browsers = {server: Browser(house.servers[server].analytics) for server in seen}
    for browser in browsers.values():
        browser.log_in(ADMIN, PASSWORD)
    bodies = {server: browser.bodies(*PAGES[page]) for server, browser in browsers.items()}
    for number in range(-WARMING_UP, looks):
        for server, browser in browsers.items():
            frame, *parts = (browser.call(body).seconds for body in bodies[server])
            seen[server] += [ChartStyle(frame, max(parts, default=None))] if number >= 0 else []
    return seen


if __name__ == "__main__":
    main()
