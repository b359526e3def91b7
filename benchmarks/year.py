"""A made-up year of two hundred people, by the set: the same sessions for both servers, each in tables of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate

from benchmarks.bodies import TOOLS, api_key, person_name
from db.accounts import passwords, users
from db.accounts.account_records import Role
from db.accounts.api_keys import hash_key
from db.connection import Database
from db.usage import rollups
from tasks.jobs import pricing
from tasks.rollups import rollup

PEOPLE = 200
DAYS = 365
ZONE = "UTC"
ADMIN, PASSWORD = "bench-admin", "a year of two hundred people"
PROJECTS = [
    f"{area}-{part}"
    for area in (
        *("shop", "cms", "billing", "search", "intranet"),
        *("mobile", "data", "infra", "legacy", "portal"),
    )
    for part in ("api", "web", "worker", "docs", "deploy", "tests")
]
MODELS = {
    "claude-sonnet-5": 0.52,
    "claude-opus-4-8": 0.26,
    "claude-haiku-4-5": 0.14,
    "gpt-5.5": 0.06,
    "local-coder": 0.02,
}
#: A session uses eight tools, each out of some of its own; these are where those begin.
SLOTS = [1, 2, 3, 4, 6, 8, 11, 14]


@dataclass(frozen=True)
class Year:
    """So many sessions of the 365 days that end now."""

    sessions: int
    now: datetime


def fill_ours(database: Database, year: Year) -> None:
    """Put the year into our tables as uploads would leave it, and have our own rollup make its days."""
    _enrol(database)
    rollup.begin_in_zone(database, ZONE)
    _make_up(database, year)
    prices = [_prices(model, year.now) for model in MODELS]
    database.execute(
        "bench_fill_ours",
        names=_names(),
        models=list(MODELS),
        prices_in=[price[0] for price in prices],
        prices_out=[price[1] for price in prices],
        prices_read=[price[2] for price in prices],
        prices_creation=[price[3] for price in prices],
        price_version=pricing.PRICE_VERSION,
    )
    _finish(database)
    rollups.restart_rollups(database, ZONE)
    rollup.recompute_days(database, ZONE)
    _finish(database)


def fill_peer(database: Database, year: Year) -> None:
    """Put the same year into the peer's tables."""
    hashes = [hash_key(api_key(person)).hex() for person in range(PEOPLE)]
    database.execute("bench_fill_peer_people", names=_names(), key_hashes=hashes)
    _make_up(database, year)
    database.execute("bench_fill_peer_sessions", names=_names())
    database.execute("bench_fill_peer_tools")
    _finish(database)


def _names() -> list[str]:
    return [person_name(person) for person in range(PEOPLE)]


def _enrol(database: Database) -> None:
    for person, name in enumerate(_names()):
        account = _add(database, name, "member", None)
        raw = api_key(person)
        users.issue_key(database, user_id=account, label="bench", prefix=raw[:12], key_hash=hash_key(raw))
    _add(database, ADMIN, "admin", passwords.hash_password(PASSWORD))


def _add(database: Database, name: str, role: Role, password_hash: str | None) -> int:
    return users.create_account(
        database,
        username=name,
        email=None,
        role=role,
        share_level="metadata",
        show_in_leaderboard=True,
        password_hash=password_hash,
    ).user_id


def _make_up(database: Database, year: Year) -> None:
    database.execute("bench_year_forget")
    database.execute("bench_chance")
    database.execute("bench_log_normal")
    database.execute(
        "bench_sessions_make_up",
        sessions=year.sessions,
        now=year.now,
        people=PEOPLE,
        days=DAYS,
        projects=PROJECTS,
        models=list(MODELS),
        model_shares=[0.0, *list(accumulate(MODELS.values()))[:-1]],
    )
    database.execute("bench_tools_make_up", tools=list(TOOLS), tool_slots=SLOTS)


def _finish(database: Database) -> None:
    database.execute("bench_year_forget")
    database.execute("bench_vacuum")
    database.execute("bench_checkpoint")


def _prices(model: str, now: datetime) -> tuple[Decimal | None, ...]:
    """Dollars for a million tokens of each kind, at today's price."""
    million = 1_000_000
    kinds = [pricing.Tokens(*(million if kind == place else 0 for place in range(4))) for kind in range(4)]
    return tuple(pricing.linear_cost(model, tokens, now.astimezone(UTC).date()) for tokens in kinds)
