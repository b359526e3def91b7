"""From seconds to what people read: the tables about charts in docs/benchmarks.md."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from benchmarks.report import table
from benchmarks.year import PEOPLE, SLOTS
from benchmarks.year_servers import LARGE, PEER, SMALL

#: How many times faster than the peer's each answer has to be.
GOALS = {"tools": 100, "stats": 60, "trends": 60, "leaderboard": 60}
MAX_TEAM_PAGE = 0.150
MAX_GROWTH = 1.2
MAX_PAGE = 0.300
LATEST = 3.0

#: Seconds by the name of the server, in the order in which they were measured.
Seconds = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class PageTiming:
    """One look at a page: its frame, and the slowest of the answers that fill it, if it asks for any."""

    frame: float
    figures: float | None


@dataclass(frozen=True)
class Findings:
    """Everything one run found out."""

    sessions: int
    few: int
    answers: Mapping[str, Seconds]
    looks: Mapping[str, Mapping[str, Sequence[PageTiming]]]
    late: Sequence[float]
    check: float
    surroundings: str
    foreign_share: float


def comparable(name: str, body: bytes) -> Any:
    """What two servers have to agree on in an answer."""
    answer = json.loads(body)
    match name:
        case "stats":
            fields = ("total_sessions", "active_users", "total_tokens_in", "total_tokens_out")
            return {field: int(answer[field]) for field in fields}
        case "tools":
            return [(tool["tool_name"], int(tool["total_calls"])) for tool in answer]
        case "trends":
            return [(day["date"], int(day["tokens"])) for day in answer if day["sessions"]]
        case _:
            return [(rank["username"], int(rank["total_tokens"])) for rank in answer]


def document(findings: Findings, day: date) -> str:
    """All tables, with what they were measured on."""
    rounds = min((len(side) for seconds in findings.answers.values() for side in seconds.values()), default=0)
    summary = (
        f"{day:%Y-%m-%d}, {findings.surroundings}. {findings.sessions:,} sessions of {PEOPLE} people in 365 days, with"
        f" {findings.sessions * len(SLOTS):,} rows of tools. Medians of {rounds} rounds. Other programs used"
        f" {findings.foreign_share:.0%} of the machine."
    )
    return "\n\n".join([summary, _answers(findings), _pages(findings), _other_figures(findings)])


def _answers(findings: Findings) -> str:
    head = ["`GET /api/v1/team/…?days=365`", "Insights", "peer", "ratio (lowest–highest pair)", "goal"]
    return table(head, [_answer(name, seconds) for name, seconds in findings.answers.items()])


def _answer(name: str, seconds: Seconds) -> list[str]:
    ours, peers = seconds[LARGE], seconds.get(PEER, ())
    pairs = [theirs / mine for mine, theirs in zip(ours, peers, strict=False)]
    ratio = f"**{median(pairs):,.0f}×** ({min(pairs):,.0f}–{max(pairs):,.0f})" if pairs else "–"
    return [f"`{name}`", _ms(ours), _ms(peers), ratio, f"≥ {GOALS[name]}×"]


def _pages(findings: Findings) -> str:
    head = [
        "page, a year",
        "frame",
        f"figures, {findings.sessions:,} sessions",
        f"figures, {findings.few:,} sessions",
        "goal",
    ]
    return table(head, [_page(name, looks) for name, looks in findings.looks.items()])


def _page(name: str, looks: Mapping[str, Sequence[PageTiming]]) -> list[str]:
    many, few = _figures(looks[LARGE]), _figures(looks[SMALL])
    goal = f"≤ {MAX_PAGE * 1000:.0f} ms"
    if name == "Team":
        growth = f"{median(many) / median(few):.2f}×"
        goal = f"≤ {MAX_TEAM_PAGE * 1000:.0f} ms, and ≤ {MAX_GROWTH}× those of few sessions: **{growth}**"
    return [name, _ms([look.frame for look in looks[LARGE]]), _ms(many), _ms(few), goal]


def _figures(looks: Sequence[PageTiming]) -> list[float]:
    return [look.figures for look in looks if look.figures is not None]


def _other_figures(findings: Findings) -> str:
    many = f"{findings.sessions:,} sessions"
    lines = [
        [
            f"a session that comes 200 days late, acknowledged → in its day, {many}",
            f"{median(findings.late):.1f} s ({min(findings.late):.1f}–{max(findings.late):.1f})",
            f"≤ {LATEST:.0f} s",
        ],
        [f"`./manage.py check`, {many}, nothing wrong", f"{findings.check:.0f} s", "–"],
    ]
    return table(["what else", "", "goal"], lines)


def _ms(seconds: Sequence[float]) -> str:
    if not seconds:
        return "–"
    value = median(seconds) * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms"
