"""`make demo`: the whole server on a data folder of its own, filled over HTTP by a made-up team and its admin."""

import json
import os
import random
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from db.accounts import users
from db.accounts.account_records import Account
from db.accounts.administration import NewUser, UserAdmin
from db.config import CHECKOUT
from db.connection import Database
from db.uploads import inbox
from db.usage import rollups
from standalone import supervisor
from standalone.run_config import Addresses, RunSettings

DEFAULTS = {"INSIGHTS_HOME": str(CHECKOUT / ".insights-demo"), "INSIGHTS_TITLE": "Insights demo"}
DAYS = 90
BATCH = 100
SEED = 7
SETTLE_SECONDS = 60
PEOPLE = [
    "ines",
    "marek",
    "sofia",
    "tom",
    "lea",
    "jan",
    "aylin",
    "nils",
    "paula",
    "emre",
    "greta",
    "oskar",
    "mila",
    "henrik",
]
PROJECTS = {
    "shop-api": 31,
    "customer-portal": 22,
    "typo3-core": 16,
    "billing": 11,
    "search": 8,
    "infra": 7,
    "docs": 5,
}
MODELS = {
    "claude-opus-4-8": 26,
    "claude-sonnet-5": 52,
    "claude-haiku-4-5": 14,
    "gpt-5.5": 6,
    "local-coder": 2,
}
# Calls a session makes on average, and the share that ends in an error.
TOOLS = {
    "Read": (9.0, 0.01),
    "Edit": (4.5, 0.05),
    "Bash": (4.3, 0.12),
    "Grep": (3.2, 0.01),
    "Write": (1.5, 0.03),
    "Glob": (1.2, 0.0),
    "TodoWrite": (1.1, 0.0),
    "WebFetch": (0.4, 0.09),
    "mcp__github__search": (0.9, 0.09),
}
BRANCHES = (
    "main",
    "chore/upgrade",
    "fix/SHOP-214-checkout-rounding",
    "feature/BILL-31-invoices",
    "feature/SHOP-220-wishlist",
)
#: How likely a session begins in each hour of a working day.
HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 9, 14, 15, 13, 7, 11, 14, 13, 10, 7, 3, 2, 2, 1, 1, 0)


@dataclass(frozen=True)
class Member:
    """One made-up person: how busy, with what, and whether the client reports the outcome of tool calls."""

    name: str
    sessions_a_day: float
    home_project: str
    reports_outcomes: bool


def set_defaults() -> None:
    """Set the demo's data folder and title in the environment, unless they are set."""
    for name, value in DEFAULTS.items():
        os.environ[name] = os.environ.get(name) or value


def run(settings: RunSettings) -> int:
    """Start the server on the demo's folder, and fill the folder at the first run."""
    return supervisor.run(settings, demo=True, after_start=lambda addresses: fill(settings, addresses))


def fill(settings: RunSettings, addresses: Addresses) -> None:
    """Upload the team's sessions over HTTP, unless the folder is filled already."""
    filled = settings.home / "demo-is-filled"
    if filled.exists():
        return
    with closing(Database(settings.postgres, pool_size=2, deadline=30)) as database:
        print("Sending 90 days of a made-up team, once: this takes some seconds.", flush=True)
        now = datetime.now(UTC)
        user_admin = UserAdmin(database, settings.insights_key_prefix, program="make demo")
        everybody = [*team(random.Random(SEED)), *admins(users.list_accounts(database))]
        for member in everybody:
            key = _join(user_admin, member)
            _send(
                f"{addresses.ingest}/api/v1/sessions/batch",
                key,
                sessions(member, now, settings.insights_timezone),
            )
        _await_rollup(database)
    filled.touch()


def team(chance: random.Random) -> list[Member]:
    """Fourteen people; the last two have keys and have not sent anything for weeks."""
    return [
        Member(
            name=name,
            sessions_a_day=0.0 if name in PEOPLE[-2:] else chance.uniform(1.2, 6.5),
            home_project=_draw(chance, PROJECTS),
            reports_outcomes=chance.random() < 0.6,
        )
        for name in PEOPLE
    ]


def admins(known: Sequence[Account]) -> list[Member]:
    """Return a member for each admin, so that the first login shows own sessions."""
    return [Member(one.username, 2.4, "infra", reports_outcomes=True) for one in known if one.is_admin]


def sessions(member: Member, now: datetime, zone: str) -> Iterator[dict[str, Any]]:
    """One person's sessions of the last 90 days, the newest half an hour ago at the latest."""
    chance = random.Random(f"{SEED}-{member.name}")
    local = now.astimezone(ZoneInfo(zone))
    for age in range(DAYS - 1, -1, -1):
        day = local - timedelta(days=age)
        rate = (
            member.sessions_a_day * (0.08 if day.weekday() >= 5 else 1.0) * (0.7 + 0.5 * (DAYS - age) / DAYS)
        )
        for number in range(_count(chance, rate)):
            began = day.replace(
                hour=chance.choices(range(24), HOURS)[0],
                minute=chance.randrange(60),
                second=chance.randrange(60),
            )
            if began < local - timedelta(minutes=30):
                yield session(chance, member, began.astimezone(UTC), f"{member.name}-{day:%Y%m%d}-{number}")


def session(chance: random.Random, member: Member, began: datetime, session_id: str) -> dict[str, Any]:
    """Return one session as a client sends it."""
    minutes = min(25.0, chance.lognormvariate(2.7, 0.7))
    project = member.home_project if chance.random() < 0.55 else _draw(chance, PROJECTS)
    model = _draw(chance, MODELS)
    responses = max(2, int(minutes * chance.uniform(0.5, 1.6)))
    return {
        "session_id": session_id,
        "project_name": project,
        "started_at": began.isoformat(),
        "ended_at": (began + timedelta(minutes=minutes)).isoformat(),
        "total_messages": responses * 2,
        "model": model,
        "agent": "made-up" if member.reports_outcomes else None,
        "git_branch": chance.choice(BRANCHES),
        "tags": [chance.choice(("feature", "bugfix", "refactoring", "testing", "documentation"))],
        "tools": _tools(chance, minutes, reports_outcomes=member.reports_outcomes),
        "token_usage": [_response(chance, model, number) for number in range(responses)],
    }


def _tools(chance: random.Random, minutes: float, *, reports_outcomes: bool) -> dict[str, dict[str, int]]:
    tools = {}
    for name, (rate, failing) in TOOLS.items():
        count = _count(chance, rate * minutes / 15)
        errors = sum(chance.random() < failing for _ in range(count)) if reports_outcomes else 0
        if count:
            tools[name] = {"count": count, "success": count - errors, "errors": errors}
    return tools


def _response(chance: random.Random, model: str, number: int) -> dict[str, Any]:
    return {
        "response_id": f"r{number}",
        "model": model,
        "input_tokens": chance.randrange(200, 9000),
        "output_tokens": chance.randrange(60, 2600),
        "cache_read_tokens": chance.randrange(8000, 90000),
        "cache_creation_tokens": chance.randrange(0, 6000),
    }


def _draw(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _count(chance: random.Random, rate: float) -> int:
    """Return a random count with the mean `rate`."""
    return max(0, round(chance.gauss(rate, rate**0.5))) if rate else 0


def _join(user_admin: UserAdmin, member: Member) -> str:
    """Return a key for the member, who may exist from an interrupted earlier run."""
    known = users.fetch_account_by_name(user_admin.db, member.name)
    if known is not None:
        return user_admin.issue_key(known.user_id, "demo").key
    new_user = NewUser(
        username=member.name,
        email=f"{member.name}@example.com",
        show_in_leaderboard=member.name not in PEOPLE[6:11],
        has_password=False,
        key_label="demo",
    )
    return user_admin.add(new_user).key


def _send(address: str, key: str, items: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            _post(address, key, batch)
            batch = []
    if batch:
        _post(address, key, batch)


def _post(address: str, key: str, batch: list[dict[str, Any]]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server's address
        address, json.dumps(batch).encode(), {"X-API-Key": key, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        answer.read()


def _await_rollup(database: Database) -> None:
    """Wait until everything that was sent is in the charts, at most SETTLE_SECONDS."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline and (
        inbox.count_pending_uploads(database)[0] or rollups.has_dirty_days(database)
    ):
        time.sleep(0.2)
