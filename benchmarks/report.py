"""From rounds to what people read: medians, paired ratios, and the tables of docs/benchmarks.md."""

import math
import os
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.bodies import Workload
from benchmarks.load import Round
from benchmarks.steady import Steady

LATEST_IN_CHARTS = 3.0
SERVERS = {"ours": "Insights", "peer": "peer"}

#: Rounds by the name of the server, in the order in which they ran.
Rounds = Mapping[str, Sequence[Round]]


@dataclass(frozen=True)
class Findings:
    """Everything one run found out."""

    loads: Sequence[tuple[Workload, Rounds]]
    steady: Steady | None
    surroundings: str


def middle(rounds: Sequence[Round], figure: Callable[[Round], float]) -> float:
    """The median of one figure."""
    return median(map(figure, rounds))


def ratios(rounds: Rounds) -> list[float]:
    """How many times the peer's rate ours was, for each pair of neighbouring rounds."""
    pairs = zip(rounds.get("ours", ()), rounds.get("peer", ()), strict=False)
    return [ours.rows_rate / peer.rows_rate for ours, peer in pairs]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def rounds_each(findings: Findings) -> int:
    """How many rounds each server had of every load, at least."""
    return min((len(side) for _, rounds in findings.loads for side in rounds.values()), default=0)


def errors(findings: Findings) -> int:
    """What was refused, broke off or never became a row, in all rounds together."""
    found = sum(one.errors for _, rounds in findings.loads for side in rounds.values() for one in side)
    return found + (findings.steady.errors if findings.steady else 0)


def document(findings: Findings, day: date) -> str:
    """All tables, with what they were measured on."""
    outcome = f"Medians of {rounds_each(findings)} rounds; {errors(findings)} errors."
    summary = f"{day:%Y-%m-%d}, {findings.surroundings}. {outcome}{_disturbance(findings)}"
    return "\n\n".join([summary, _comparison(findings), _details(findings)])


def _disturbance(findings: Findings) -> str:
    every = [one.foreign_share for _, rounds in findings.loads for side in rounds.values() for one in side]
    if not every:
        return ""
    return f" Other programs used {median(every):.0%} of the machine in the median round, {max(every):.0%} at most."


def _comparison(findings: Findings) -> str:
    lines = [_compared(load, rounds) for load, rounds in findings.loads]
    if findings.steady:
        lines.append(_charted(findings.steady))
    head = ["sessions committed as rows, a second", "Insights", "peer", "ratio (lowest–highest pair)", "goal"]
    return table(head, lines)


def _compared(load: Workload, rounds: Rounds) -> list[str]:
    rates = [
        f"{middle(rounds[name], lambda one: one.rows_rate):,.0f}" if rounds.get(name) else "–"
        for name in SERVERS
    ]
    pairs = ratios(rounds)
    ratio = f"**{median(pairs):.1f}×** ({min(pairs):.1f}–{max(pairs):.1f})" if pairs else "–"
    return [load.title, *rates, ratio, f"≥ {load.goal}×"]


def _charted(steady: Steady) -> list[str]:
    title = (
        f"acknowledged → in the charts, at {steady.rate:.0f} uploads/s for {steady.sent / steady.rate:.0f} s"
    )
    p50, p99 = percentile(steady.lags, 0.5), percentile(steady.lags, 0.99)
    return [title, f"p50 {p50:.1f} s, **p99 {p99:.1f} s**", "–", "–", f"p99 ≤ {LATEST_IN_CHARTS:.0f} s"]


def _details(findings: Findings) -> str:
    head = [
        "load",
        "server",
        "rows/s",
        "acknowledged/s",
        "p50",
        "p99",
        "CPU a row: server",
        "PostgreSQL",
        "errors",
    ]
    return table(
        head,
        [
            _detail(load, name, rounds[name])
            for load, rounds in findings.loads
            for name in SERVERS
            if rounds.get(name)
        ],
    )


def _detail(load: Workload, name: str, rounds: Sequence[Round]) -> list[str]:
    return [
        load.name,
        SERVERS[name],
        f"{middle(rounds, lambda one: one.rows_rate):,.0f}",
        f"{middle(rounds, lambda one: one.acknowledged_rate):,.0f}",
        f"{middle(rounds, lambda one: one.p50_ms):,.1f} ms",
        f"{middle(rounds, lambda one: one.p99_ms):,.1f} ms",
        f"{middle(rounds, lambda one: one.server_cpu_ms):.2f} ms",
        f"{middle(rounds, lambda one: one.postgres_cpu_ms):.2f} ms",
        str(sum(one.errors for one in rounds)),
    ]


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def surroundings(durability: Mapping[str, str]) -> str:
    """The machine in a few words, and what a commit is worth on it."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    machine = f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, {platform.system()}"
    version = durability["server_version"].split()[0]
    settings = ", ".join(f"{name} {value}" for name, value in durability.items() if name != "server_version")
    return f"{machine}, Python {platform.python_version()}, PostgreSQL {version} ({settings}, read from both databases)"


def put_in(page: Path, name: str, text: str) -> None:
    """Replace what stands between the two marks of this name."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    old = page.read_text(encoding="utf-8")
    page.write_text(marks.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", old), encoding="utf-8")
