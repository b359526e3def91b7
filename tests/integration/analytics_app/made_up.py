"""Random work of a made-up team, and plain counts over what was uploaded: nothing here asks the rollups."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from db.accounts.account_records import Account
from db.connection import Database
from db.usage.periods import Period
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.analytics_app.conftest import NOON
from tests.integration.uploads import upload

ZONE = "UTC"
PROJECTS = ("shop", "docs", "=SUM(A1)", "<b>search", None)
MODELS = ("claude-opus-4-8", "claude-sonnet-4-5", "local-coder", "")
BRANCHES = ("feature/ABC-12-search", "ABC-7", "main", None)
TOOLS = ("Read", "Bash", "mcp__github__search", "mcp__github__read", "+cmd")


@dataclass(frozen=True)
class Session:
    """One upload: whose, when, and its body."""

    person: str
    began: datetime
    body: dict[str, Any]

    @property
    def day(self) -> date:
        """The team day."""
        return self.began.astimezone(ZoneInfo(ZONE)).date()


@dataclass(frozen=True)
class Work:
    """Everything that was uploaded."""

    sessions: list[Session]

    def within(self, period: Period, project: str | None = None) -> list[Session]:
        """What began in the period, in one project or in all."""
        return [
            session
            for session in self.sessions
            if period.first <= session.day <= period.last
            and (project is None or session.body["project_name"] == project)
        ]

    def calls(
        self, period: Period, project: str | None = None
    ) -> Iterator[tuple[Session, Counter[str], str]]:
        """Every tool of every session: its calls by outcome, and its name."""
        for session in self.within(period, project):
            for tool in session.body["tools"]:
                known = tool["success_count"] is not None
                errors = tool["error_count"] if known else 0
                outcome = Counter(calls=tool["call_count"], errors=errors)
                outcome["unreported"] = 0 if known else tool["call_count"]
                yield session, outcome, tool["tool_name"]


def work(database: Database, people: list[Account], seed: int, *, count: int = 60, days: int = 80) -> Work:
    """Upload it, and have it in the rollups."""
    chance = random.Random(seed)
    rollup.begin_in_zone(database, ZONE)
    sessions = [_session(chance, chance.choice(people), days) for _ in range(count)]
    named = {person.username: person for person in people}
    for number, session in enumerate(sessions):
        upload(database, named[session.person], f"s{number}", **session.body)
    persist.drain_sessions(database, ZONE)
    rollup.recompute_days(database, ZONE)
    return Work(sessions)


def _session(chance: random.Random, person: Account, days: int) -> Session:
    began = NOON - timedelta(minutes=chance.randrange(30, days * 1440))
    length = chance.randrange(1, 25)
    models = [_used(chance, model) for model in chance.sample(MODELS, chance.choice([1, 1, 2]))]
    names = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
    sums = {name: sum(model[name] for model in models) for name in names}
    body = {
        "project_name": chance.choice(PROJECTS),
        "started_at": began.isoformat(),
        "ended_at": (began + timedelta(minutes=length)).isoformat(),
        "total_tokens_in": sums["tokens_in"],
        "total_tokens_out": sums["tokens_out"],
        "cache_read_tokens": sums["cache_read_tokens"],
        "cache_creation_tokens": sums["cache_creation_tokens"],
        "model": models[0]["model"] or None,
        "git_branch": BRANCHES[began.minute % len(BRANCHES)],
        "models": models,
        "responses": [[model["model"], None, *(model[name] for name in names)] for model in models],
        "tools": [_called(chance, name) for name in chance.sample(TOOLS, chance.randrange(4))],
    }
    return Session(person.username, began.astimezone(UTC), body)


def _used(chance: random.Random, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "responses": 1,
        "tokens_in": chance.randrange(5000),
        "tokens_out": chance.randrange(900),
        "cache_read_tokens": chance.randrange(50_000),
        "cache_creation_tokens": chance.randrange(4000),
    }


def _called(chance: random.Random, name: str) -> dict[str, Any]:
    count = chance.randrange(1, 40)
    errors = chance.randrange(count + 1) if chance.random() < 0.6 else None
    return {
        "tool_name": name,
        "call_count": count,
        "success_count": None if errors is None else count - errors,
        "error_count": errors,
    }
