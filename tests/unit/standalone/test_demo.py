"""The made-up team: always the same, and nobody works in the future."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime

from db.accounts.account_records import Account
from standalone import demo

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_the_team_is_the_same_every_time() -> None:
    assert demo.team(random.Random(demo.SEED)) == demo.team(random.Random(demo.SEED))


def test_two_people_of_fourteen_have_not_started() -> None:
    idle = [member for member in demo.team(random.Random(demo.SEED)) if member.sessions_a_day == 0]

    assert len(idle) == 2


def test_whoever_looks_first_finds_sessions_of_their_own() -> None:
    account = Account(
        user_id=1,
        username="admin",
        email=None,
        role="admin",
        share_level="metadata",
        show_in_leaderboard=True,
        active=True,
        session_epoch=1,
        locale=None,
        time_zone=None,
        theme=None,
        created_at=NOW,
        last_seen_at=None,
    )
    [member] = demo.admins([account, replace(account, username="ines", role="member")])

    assert member.name == "admin"
    assert len(list(demo.sessions(member, NOW, "UTC"))) > demo.DAYS


def test_no_session_ends_in_the_future() -> None:
    member = demo.team(random.Random(demo.SEED))[0]

    ends = [datetime.fromisoformat(session["ended_at"]) for session in demo.sessions(member, NOW, "UTC")]

    assert max(ends) <= NOW


def test_some_branches_name_a_ticket() -> None:
    named = [branch for branch in demo.BRANCHES if re.search("[A-Z]+-[0-9]+", branch)]

    assert 0 < len(named) < len(demo.BRANCHES)
