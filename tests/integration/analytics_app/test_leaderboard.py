"""The leaderboards: who is on them, who sees what, and that they say what the sessions say."""

import random
import re
from collections import Counter, defaultdict
from typing import Any

import pytest

from db import audit
from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.usage import leaderboard, usage_totals
from db.usage.periods import Period, last_days
from tasks.rollups import rollup
from tests.integration.analytics_app.conftest import NOON, Visit, Visitor
from tests.integration.analytics_app.reading import texts
from tests.integration.uploads import MODEL, settle, upload

PERIOD = last_days(30, NOON.date())


def page(visitor: Visitor, search: str = "") -> str:
    answer = visitor.call("leaderboards.children", {"url.search": search})
    parts: dict[str, Any] = answer.get_json()["response"]
    return f"{texts(parts['leaderboard-status']['children'])} {texts(parts['leaderboards']['children'])}"


@pytest.fixture
def worked(database: Database, alice: Account, bob: Account, charlie: Account) -> None:
    """Alice worked twice, Bob once, and Charlie, who does not take part, three times."""
    rollup.begin_in_zone(database, "UTC")
    users.change_settings(database, charlie.user_id, share_level="metadata")
    for person, count in ((alice, 2), (bob, 1), (users.fetch_account(database, charlie.user_id), 3)):
        assert person is not None
        for number in range(count):
            upload(database, person, f"s{number}")
    settle(database)


def test_who_takes_part_is_seen_and_nobody_else(visit: Visit, worked: None, alice: Account) -> None:
    lang = page(visit(alice))
    assert "1 alice (you)" in lang
    assert "charlie" not in lang


def test_who_does_not_take_part_learns_alone_where_they_would_stand(
    visit: Visit, worked: None, charlie: Account, bob: Account
) -> None:
    assert "You would be at rank 1 with 450." in page(visit(charlie))
    assert "You would be" not in page(visit(bob))


def test_one_click_joins_and_one_leaves(visit: Visit, worked: None, charlie: Account, alice: Account) -> None:
    visitor, others, seen = visit(charlie), visit(alice), []
    for _ in range(2):
        visitor.call(
            "leaderboard-changed.data", {"leaderboard-part.n_clicks": 1}, "leaderboard-part.n_clicks"
        )
        seen.append("charlie" in page(others))
    assert seen == [True, False]


def switch(visitor: Visitor) -> int:
    return visitor.call(
        "leaderboard-changed.data@", {"leaderboard-switch.n_clicks": 1}, "leaderboard-switch.n_clicks"
    ).status_code


def test_an_admin_switches_it_off_for_all(
    visit: Visit, worked: None, admin: Account, alice: Account, database: Database
) -> None:
    assert switch(visit(admin)) == 200
    assert "switched off" in page(visit(alice))
    assert usage_totals.list_leaderboard(database, PERIOD, limit=10) == []
    assert audit.list_audit_entries(database, limit=1)[0].action == "leaderboard.switched"


def test_a_member_can_not_switch_it(visit: Visit, worked: None, bob: Account, database: Database) -> None:
    assert switch(visit(bob)) == 403
    assert leaderboard.is_leaderboard_on(database)


def test_a_board_comes_as_csv_without_those_who_do_not_take_part(
    visit: Visit, worked: None, charlie: Account
) -> None:
    lines = visit(charlie).get("/csv/board-tokens.csv").text.splitlines()
    assert lines[1:] == ["1,alice,300", "2,bob,150"]


def test_a_deactivated_person_is_on_no_board(
    visit: Visit, worked: None, alice: Account, bob: Account, database: Database
) -> None:
    database.execute("test_deactivate", user_id=bob.user_id)
    assert "bob" not in page(visit(alice))


def test_without_a_session_every_board_says_why(visit: Visit, bob: Account) -> None:
    assert len(re.findall("Nobody here yet", page(visit(bob)))) == 5


@pytest.mark.parametrize("seed", range(3))
def test_the_figures_are_those_of_the_sessions(
    database: Database, alice: Account, bob: Account, seed: int
) -> None:
    rollup.begin_in_zone(database, "UTC")
    chance, raw = random.Random(seed), defaultdict[int, Counter[str]](Counter)
    days = defaultdict[int, set[int]](set)
    for number in range(12):
        person, day = chance.choice((alice, bob)), chance.randrange(1, 22)
        calls, used = chance.randrange(1, 9), [chance.randrange(1000) for _ in range(4)]
        failed = chance.randrange(calls + 1)
        _send(database, person, f"s{number}", day, calls, failed, used)
        raw[person.user_id] += Counter(
            sessions=1, tokens=used[0] + used[1], cache=used[2], read=used[0] + used[2] + used[3]
        )
        raw[person.user_id] += Counter(succeeded=calls - failed, failed=failed)
        days[person.user_id].add(day)
    settle(database)

    for found in leaderboard.list_standings(
        database, Period(NOON.date().replace(day=1), NOON.date()), alice.user_id
    ):
        told = raw[found.user_id]
        assert (found.session_count, found.tokens, found.active_days) == (
            told["sessions"],
            told["tokens"],
            len(days[found.user_id]),
        )
        assert (found.cache_read_tokens, found.tokens_read) == (told["cache"], told["read"])
        assert (found.calls_succeeded, found.calls_failed) == (told["succeeded"], told["failed"])


def _send(
    database: Database, person: Account, name: str, day: int, calls: int, failed: int, used: list[int]
) -> None:
    kinds = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
    sums = dict(zip(kinds, used, strict=True))
    upload(
        database,
        person,
        name,
        started_at=f"2026-11-{day:02d}T09:00:00Z",
        ended_at=None,
        total_tokens_in=used[0],
        total_tokens_out=used[1],
        cache_read_tokens=used[2],
        cache_creation_tokens=used[3],
        responses=[],
        models=[{"model": MODEL, "responses": 1} | sums],
        tools=[
            {
                "tool_name": "Read",
                "call_count": calls,
                "success_count": calls - failed,
                "error_count": failed,
            }
        ],
    )
