"""`make bench`: uploads acknowledged and committed as rows, ours and another server's by turns in one run."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks import report, steady
from benchmarks.bodies import WORKLOADS, Workload, lines
from benchmarks.load import Round, require_wrk, run_round
from benchmarks.servers import Peer, Server, durability, our_house, peer_server
from db.config import CHECKOUT
from standalone.child_processes.processes import ProcessError
from standalone.embedded_postgres import EmbeddedPostgres
from standalone.embedded_valkey import EmbeddedValkey

PAGE = CHECKOUT / "docs" / "benchmarks.md"
CHARTS = "charts"
ROWS = (*WORKLOADS, CHARTS)
#: Fewer rounds are good for a look, not for the page.
ENOUGH_ROUNDS = 5


@dataclass(frozen=True)
class Choice:
    """What to measure, and how long."""

    rows: Sequence[str]
    rounds: int
    rate: int
    steady_seconds: int
    seconds: int | None = None

    @property
    def loads(self) -> list[Workload]:
        """The rows that compare both servers."""
        return [WORKLOADS[name] for name in self.rows if name in WORKLOADS]


@click.command()
@click.option("--peer", help="Command that starts the other server; {port} and {database_url} are filled in.")
@click.option(
    "--peer-schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its tables."
)
@click.option("--rows", default=",".join(ROWS), show_default=True, help="What to measure.")
@click.option("--only", type=click.Choice(["ours", "peer"]), help="Leave the other one out.")
@click.option("--rounds", default=ENOUGH_ROUNDS, show_default=True, help="Rounds of each server and row.")
@click.option("--seconds", type=int, help="How long a round sends; each row has a length of its own.")
@click.option("--rate", default=200, show_default=True, help="Uploads a second in the row charts.")
@click.option("--steady-seconds", default=30, show_default=True, help="How long that row sends.")
def main(peer: str | None, peer_schema: Path | None, only: str | None, rows: str, **numbers: int) -> None:
    """Measure uploads; a whole run beside a peer writes docs/benchmarks.md."""
    choice = Choice(rows.split(","), **numbers)
    if unknown := set(choice.rows) - set(ROWS):
        raise click.BadParameter(f"there is no row {', '.join(sorted(unknown))}")
    if (peer is None) != (peer_schema is None):
        raise click.UsageError("--peer and --peer-schema belong together")
    require_wrk()
    try:
        with _servers(Peer(peer, peer_schema) if peer and peer_schema else None) as (servers, home):
            findings = _measure([one for one in servers if only in (None, one.name)], choice, home)
    except ProcessError as error:
        sys.exit(str(error))
    _tell(findings, whole=peer is not None and only is None and set(choice.rows) == set(ROWS))


@contextmanager
def _servers(peer: Peer | None) -> Iterator[tuple[list[Server], Path]]:
    """Both servers on fresh stores, in a folder that goes afterwards."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="insights-bench-")))
        # PostgreSQL is not root where we are, and has to pass.
        home.chmod(0o711)
        stack.enter_context(EmbeddedPostgres(home))
        stack.enter_context(EmbeddedValkey(home))
        servers = [stack.enter_context(our_house(home))]
        if peer:
            servers.append(stack.enter_context(peer_server(peer, home, servers[0].database)))
        yield servers, home


def _measure(servers: list[Server], choice: Choice, home: Path) -> report.Findings:
    worth = [durability(server.database) for server in servers]
    if any(other != worth[0] for other in worth):
        sys.exit(f"The servers' databases differ in what a commit is worth: {worth}")
    loads = [(load, _by_turns(servers, load, choice, home)) for load in choice.loads]
    ours = next((server for server in servers if server.name == "ours"), None)
    charts = None
    if ours and CHARTS in choice.rows:
        charts = steady.measure(ours, rate=choice.rate, seconds=choice.steady_seconds)
    return report.Findings(loads, charts, report.surroundings(worth[0]))


def _by_turns(servers: list[Server], load: Workload, choice: Choice, home: Path) -> dict[str, list[Round]]:
    bodies = home / f"{load.name}.txt"
    bodies.write_text("".join(lines(load, datetime.now(UTC))), encoding="utf-8")
    rounds: dict[str, list[Round]] = {server.name: [] for server in servers}
    for number in range(choice.rounds):
        for server in servers:
            done = run_round(server, load, bodies=bodies, seconds=choice.seconds)
            rounds[server.name].append(done)
            click.echo(f"{load.name} {number + 1} {server.name}: {done.told()}", err=True)
    return rounds


def _tell(findings: report.Findings, *, whole: bool) -> None:
    text = report.document(findings, datetime.now(UTC).date())
    click.echo(text)
    if whole and report.rounds_each(findings) >= ENOUGH_ROUNDS:
        report.put_in(PAGE, "ingest", text)
    if report.errors(findings):
        sys.exit(1)


if __name__ == "__main__":
    main()
