"""What /team/* says, what the Team page shows and what a plain count of the uploads gives are the same figures."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from falcon.testing import TestClient

from analytics_app.context.config import AnalyticsSettings
from analytics_app.context.selection import parse
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n import languages
from analytics_app.pages.team import page
from db.accounts import api_keys, users
from db.accounts.account_records import Account
from db.connection import Database
from db.usage import checks
from db.usage.periods import last_days, team_today
from ingest.app import create_app
from ingest.config import IngestSettings
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.uploads import record, upload

ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles"]
# The evenings of the four clock changes of 2026, when the short or the long day is today.
MOMENTS = ["2026-03-29T21:30", "2026-10-25T22:30", "2026-03-09T06:30", "2026-11-02T07:30"]
PERIODS = [1, 7, 30, 365]


class Silent:
    """A bell nobody hears."""

    def notify(self) -> None:
        """Say nothing."""

    def ping(self) -> bool:
        """Nobody hears."""
        return False


@dataclass(frozen=True)
class Team:
    """One team at one moment, seen from the API, from the page and from a list of what was uploaded."""

    zone: str
    now: datetime
    database: Database
    reader: Account
    uploads: list[tuple[datetime, dict[str, Any]]]
    ask: Callable[[str], Any]

    def counted(self, days: int) -> dict[str, int]:
        """The plain count: what began on the last N calendar days of the zone."""
        today = self.now.astimezone(ZoneInfo(self.zone)).date()
        bodies = [body for _, body in self.within(today - timedelta(days=days - 1), today)]
        return {
            "total_sessions": len(bodies),
            "total_tokens_in": sum(body["total_tokens_in"] for body in bodies),
            "total_tokens_out": sum(body["total_tokens_out"] for body in bodies),
            "total_duration_seconds": 600 * len(bodies),
        }

    def within(self, first: date, last: date) -> list[tuple[date, dict[str, Any]]]:
        """What began on these calendar days, with its day."""
        dated = [(began.astimezone(ZoneInfo(self.zone)).date(), body) for began, body in self.uploads]
        return [(day, body) for day, body in dated if first <= day <= last]

    def page(self, days: int) -> page.TeamFigures:
        """All the Team page shows for the last N days."""
        settings = AnalyticsSettings(secret_key="x" * 40, insights_timezone=self.zone)
        service = Service(self.database, settings, lambda: self.now)
        span = last_days(days, service.today())
        selection = parse(f"?from={span.first}&to={span.last}", service.today())
        assert selection.period == span
        view = View(service, self.reader, languages.language("en"), selection)
        return page.read(self.database, view)


@pytest.fixture(params=[(zone, moment) for zone in ZONES for moment in MOMENTS], ids=" ".join)
def seen(request: pytest.FixtureRequest, database: Database, alice: Account, bob: Account) -> Team:
    """150 sessions of two people over a year, most of them around now."""
    zone, moment = request.param
    now, chance = datetime.fromisoformat(moment).replace(tzinfo=UTC), random.Random(moment)
    uploads = [
        _upload(database, chance.choice([alice, bob]), number, _began(chance, now), chance)
        for number in range(150)
    ]
    persist.drain_sessions(database, zone)
    rollup.recompute_days(database, zone)
    settings = IngestSettings(insights_timezone=zone)
    client = TestClient(
        create_app(database=database, notifier=Silent(), settings=settings, clock=lambda: now)
    )
    key = _key(database, alice)
    return Team(
        zone,
        now,
        database,
        alice,
        uploads,
        lambda path: client.simulate_get(path, headers={"X-API-Key": key}).json,
    )


def _began(chance: random.Random, now: datetime) -> datetime:
    days = chance.choice([1, 3, 8, 31, 366])
    return (now - timedelta(minutes=chance.randrange(15, days * 1440))).replace(second=0)


def _upload(database: Database, person: Account, number: int, began: datetime, chance: random.Random) -> Any:
    sums = {"tokens_in": chance.randrange(5000), "tokens_out": chance.randrange(900)}
    changes: dict[str, Any] = {
        "started_at": began.isoformat(),
        "ended_at": (began + timedelta(minutes=10)).isoformat(),
        "total_tokens_in": sums["tokens_in"],
        "total_tokens_out": sums["tokens_out"],
        "models": [record()["models"][0] | sums],
    }
    upload(database, person, f"s{number}", **changes)
    return began, changes


def _key(database: Database, person: Account) -> str:
    key = api_keys.new_key("dkd_sk_")
    users.issue_key(database, user_id=person.user_id, label="t", prefix=key.prefix, key_hash=key.key_hash)
    return key.raw


def test_api_page_and_check_agree_with_a_plain_count(seen: Team) -> None:
    for days in PERIODS:
        counted, now = seen.counted(days), seen.page(days).series.now
        stats = seen.ask(f"/api/v1/team/stats?days={days}")
        shown = (now.session_count, now.tokens_in, now.tokens_out, now.duration_seconds)

        assert {name: stats[name] for name in counted} == counted
        assert shown == tuple(counted.values())

    period = last_days(365, team_today(seen.zone, seen.now))
    results = checks.check_all(seen.database) + checks.check_period(seen.database, period, seen.zone)
    assert [result for result in results if not result.agrees] == []


def test_trends_leaderboard_and_tools_agree_between_api_and_page(seen: Team) -> None:
    for days in PERIODS:
        page = seen.page(days)
        ranking = seen.ask(f"/api/v1/team/leaderboard?days={days}")
        tools = seen.ask(f"/api/v1/team/tools?days={days}")

        assert [(r.rank, r.username, r.total_tokens) for r in page.ranks] == [
            (row["rank"], row["username"], row["total_tokens"]) for row in ranking
        ]
        assert [(t.tool_name, t.call_count, t.success_rate) for t in page.tools] == [
            (row["tool_name"], row["total_calls"], row["success_rate"]) for row in tools
        ]


def test_every_day_of_the_trend_is_a_plain_count(seen: Team) -> None:
    today = seen.now.astimezone(ZoneInfo(seen.zone)).date()
    for days in PERIODS[1:]:
        expected = {(today - timedelta(days=age)).isoformat(): [0, 0] for age in range(days)}
        for day, body in seen.within(today - timedelta(days=days - 1), today):
            expected[day.isoformat()][0] += 1
            expected[day.isoformat()][1] += body["total_tokens_in"] + body["total_tokens_out"]

        trend = seen.ask(f"/api/v1/team/trends?days={days}")
        assert {row["date"]: [row["sessions"], row["tokens"]] for row in trend} == expected
