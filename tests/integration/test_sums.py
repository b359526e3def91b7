"""Whatever happens, in whatever order: rows, rollups and exported files hold the same sums, to the token.

A seeded walk of uploads, repeats, late, growing and shrinking snapshots, deletions, changed levels and zones, with
sessions that are kept for their days only. SUMS_WALKS and SUMS_STEPS make it long; the seed is in the name of the test.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from polars.testing import assert_frame_equal

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from db.lifecycle.retention import RetentionPolicy
from db.usage import checks, usage_totals
from db.usage.periods import Period
from tasks.jobs import apply_retention, persist
from tasks.rollups import rollup
from tests.integration import export_targets, sums
from tests.integration.conftest import fresh_database
from tests.integration.people import enrol
from tests.integration.uploads import caller, deliver, incoming, record

WALKS, STEPS = int(os.environ.get("SUMS_WALKS", "3")), int(os.environ.get("SUMS_STEPS", "60"))
ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Atlantic/Azores", "Asia/Kathmandu"]
#: Both clock changes of two continents, and a day on which nothing happens.
MIDNIGHTS = [datetime(2026, *day, tzinfo=UTC) for day in [(3, 8), (3, 29), (10, 25), (11, 1), (11, 20)]]
ALL = Period(date(2026, 3, 1), date(2026, 11, 30))
#: Every day of any zone on which one of them may fall.
DAYS = sorted(
    {(midnight + timedelta(days=offset)).date() for midnight in MIDNIGHTS for offset in range(-2, 4)}
)
KEPT_UNTIL = datetime(2026, 7, 1, tzinfo=UTC)
SUMMED = ["sessions", "tokens_in", "tokens_out"]
MODELS = ["claude-opus-4-8", "claude-sonnet-4-5", "local-coder", ""]


@dataclass(frozen=True)
class Snapshot:
    """What one upload says of a session, as far as it is counted here."""

    name: str
    began: datetime
    ended: datetime
    messages: int
    tokens: dict[str, tuple[int, int]]

    @property
    def age(self) -> tuple[datetime, int]:
        """What makes one newer than another."""
        return self.ended, self.messages


@dataclass
class Walk:
    """The server, and a plain list of what should be in it."""

    database: Database
    folder: Path
    chance: random.Random
    zone: str = "UTC"
    people: list[Account] = field(default_factory=list)
    #: (person, session) → the newest snapshot, and the day it was counted on once its rows are gone.
    expected: dict[tuple[str, str], tuple[Snapshot, date | None]] = field(default_factory=dict)
    sent: list[tuple[str, Snapshot, str, Any]] = field(default_factory=list)

    def person(self) -> Account:
        """Somebody."""
        return self.chance.choice(self.people)

    def join(self) -> None:
        """Somebody new."""
        level = self.chance.choice(["metadata", "full"])
        name = f"p{len(self.sent)}.{self.chance.randrange(10**6)}"
        self.people.append(enrol(self.database, name, share_level=level))

    def send(self, owner: Account, snapshot: Snapshot, body: Any) -> None:
        """Upload it, unless its owner shares nothing."""
        if owner.share_level == "none":
            return
        item = incoming(snapshot.name, body)
        assert deliver(self.database, caller(self.database, owner), [item])
        self.sent.append((owner.username, snapshot, owner.share_level, body))
        known, day = self.expected.get((owner.username, snapshot.name), (snapshot, None))
        if day is None and snapshot.age >= known.age:
            self.expected[owner.username, snapshot.name] = (snapshot, None)

    def upload(self) -> None:
        """A session, or another snapshot of one: larger or smaller, newer or older, on the same day or another."""
        began = self.chance.choice(MIDNIGHTS) + timedelta(minutes=self.chance.randrange(-900, 2400))
        ended = began + timedelta(minutes=self.chance.randrange(600))
        names = self.chance.sample(MODELS, self.chance.choice([1, 1, 2]))
        tokens = {name: (self.chance.randrange(10**6), self.chance.randrange(10**5)) for name in names}
        name = f"s{self.chance.randrange(14)}"
        snapshot = Snapshot(name, began, ended, self.chance.randrange(9), tokens)
        self.send(self.person(), snapshot, _body(self.chance, snapshot))

    def repeat(self) -> None:
        """The same once more, from whoever sent it."""
        if self.sent:
            username, snapshot, _, body = self.chance.choice(self.sent)
            for owner in [one for one in self.people if one.username == username]:
                self.send(owner, snapshot, body)

    def grow(self) -> None:
        """A later snapshot with fewer tokens, or an earlier one with more."""
        if self.sent:
            username, snapshot, _, _ = self.chance.choice(self.sent)
            later = timedelta(minutes=self.chance.choice([-5, 0, 5, 60]))
            tokens = {name: (given // 2, made * 2) for name, (given, made) in snapshot.tokens.items()}
            other = replace(snapshot, ended=max(snapshot.began, snapshot.ended + later), tokens=tokens)
            for owner in [one for one in self.people if one.username == username]:
                self.send(owner, other, _body(self.chance, other))

    def change_level(self) -> None:
        """More or less is kept from here on."""
        place = self.chance.randrange(len(self.people))
        level = self.chance.choice(users.SHARE_LEVELS)
        changed = users.change_settings(self.database, self.people[place].user_id, share_level=level)
        self.people[place] = changed.account

    def delete_data(self) -> None:
        """Somebody wants nothing of theirs kept."""
        owner = self.person()
        assert deletions.delete_own_data(self.database, owner.user_id)
        self.forget(owner)

    def leave(self) -> None:
        """Somebody goes, with everything, and somebody new comes."""
        owner = self.person()
        deletions.delete_account(self.database, owner.user_id, program="test")
        self.people.remove(owner)
        self.forget(owner)
        self.join()

    def forget(self, owner: Account) -> None:
        """Their rows are gone; so must be what files hold of them."""
        export_targets.remove_person(self.database, self.folder, owner.username, self.zone)
        self.expected = {key: value for key, value in self.expected.items() if key[0] != owner.username}

    def settle(self) -> None:
        """Everything that waits becomes rows and days."""
        persist.drain_sessions(self.database, self.zone)
        rollup.recompute_days(self.database, self.zone)

    def change_zone(self) -> None:
        """Days are another zone's from here on; the files of all days are written anew."""
        self.settle()
        self.zone = self.chance.choice(ZONES)
        rollup.begin_in_zone(self.database, self.zone)

    def retire(self) -> None:
        """What ended in spring was kept long enough."""
        self.settle()
        apply_retention.run(self.database, "UTC", RetentionPolicy(sessions=30), now=KEPT_UNTIL)
        midnight = datetime(2026, 6, 2, tzinfo=UTC)
        for key, (snapshot, day) in self.expected.items():
            if day is None and snapshot.ended < midnight:
                self.expected[key] = (snapshot, self.day_of(snapshot))

    def write_files(self) -> None:
        """All days, as `manage.py export` would."""
        export_targets.export(self.database, self.folder, DAYS, self.zone)

    def day_of(self, snapshot: Snapshot) -> date:
        """Its team day, now."""
        return snapshot.began.astimezone(ZoneInfo(self.zone)).date()

    def counted(self) -> dict[tuple[str, date], tuple[int, int, int]]:
        """Sessions and tokens of every day of everybody, by the plain list."""
        days: defaultdict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
        for (username, _), (snapshot, day) in self.expected.items():
            line = days[username, day or self.day_of(snapshot)]
            line[0] += 1
            line[1] += sum(given for given, _ in snapshot.tokens.values())
            line[2] += sum(made for _, made in snapshot.tokens.values())
        return {key: (line[0], line[1], line[2]) for key, line in days.items()}


def _body(chance: random.Random, snapshot: Snapshot) -> Any:
    kinds = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
    models = [
        {"model": name, "responses": 1}
        | dict(zip(kinds, (given, made, chance.randrange(10**6), chance.randrange(10**4)), strict=True))
        for name, (given, made) in snapshot.tokens.items()
    ]
    totals = {kind: sum(model[kind] for model in models) for kind in kinds}
    return record(
        started_at=snapshot.began.isoformat(),
        ended_at=snapshot.ended.isoformat(),
        total_messages=snapshot.messages,
        project_name=chance.choice(["shop", "docs", None]),
        model=chance.choice([*snapshot.tokens, "claude-opus-4-8"]) or None,
        total_tokens_in=totals["tokens_in"],
        total_tokens_out=totals["tokens_out"],
        cache_read_tokens=totals["cache_read_tokens"],
        cache_creation_tokens=totals["cache_creation_tokens"],
        responses=[],
        models=models,
        tools=[
            _called(chance, name)
            for name in chance.sample(["Read", "Bash", "mcp__a__b"], chance.randrange(4))
        ],
    )


def _called(chance: random.Random, name: str) -> dict[str, Any]:
    calls, known = chance.randrange(1, 50), chance.random() < 0.6
    errors = chance.randrange(calls + 1) if known else None
    outcome = {"success_count": None if errors is None else calls - errors, "error_count": errors}
    return {"tool_name": name, "call_count": calls} | outcome


#: What happens, and how often beside the rest.
EVENTS = {
    Walk.upload: 40,
    Walk.grow: 12,
    Walk.repeat: 10,
    Walk.settle: 10,
    Walk.change_level: 5,
    Walk.write_files: 2,
    Walk.delete_data: 2,
    Walk.leave: 2,
    Walk.change_zone: 3,
    Walk.retire: 2,
}


@pytest.fixture
def walk(postgres: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """Three people, and everything that happens to them from this seed on."""
    with fresh_database(postgres) as url, closing(Database(url, pool_size=4, deadline=60)) as database:
        walk = Walk(database, tmp_path / "exports", random.Random(request.param))
        rollup.begin_in_zone(database, walk.zone)
        for _ in range(3):
            walk.join()
        for _ in range(STEPS):
            [event] = walk.chance.choices(list(EVENTS), list(EVENTS.values()))
            event(walk)
        walk.settle()
        walk.write_files()
        yield walk


@pytest.mark.parametrize("walk", range(WALKS), indirect=True)
def test_rows_rollups_and_files_hold_the_same_sums(walk: Walk) -> None:
    rollups = sums.of_rollups(walk.database)
    everything = sums.of_rows(walk.database, walk.zone, archived=True)
    living = sums.of_rows(walk.database, walk.zone, archived=False)
    files = sums.of_files(walk.folder, walk.zone)

    for grain in sums.GRAINS:
        assert_frame_equal(rollups[grain], everything[grain])
        assert_frame_equal(files[grain], living[grain])
    assert_frame_equal(sums.of_day_files(walk.folder), rollups["days"])

    shown = rollups["days"].select("person", "day", *SUMMED).rows()
    assert {(person, day): tuple(rest) for person, day, *rest in shown} == walk.counted()
    team = usage_totals.fetch_team_totals(walk.database, ALL)
    assert (team.session_count, team.tokens_in, team.tokens_out) == tuple(
        rollups["days"].select(SUMMED).sum().row(0)
    )
    assert [result for result in checks.check_all(walk.database) if not result.agrees] == []
