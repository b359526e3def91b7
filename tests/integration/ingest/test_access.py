"""Who may do what: every route and every kind of caller, as one table; and whose data anybody ever gets to see."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import falcon.inspect
import pytest
from falcon.testing import Result, TestClient

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from ingest.app import create_app
from ingest.config import IngestSettings
from tests.integration.conftest import fresh_database
from tests.integration.ingest.conftest import SilentNotifier, key_of
from tests.integration.people import enrol
from tests.integration.uploads import settle
from tests.unit.ingest.wire import plan, session

CALLERS = ("no key", "unknown", "revoked", "expired", "left", "member", "other member", "admin")
#: With a key that counts or without: what the letters in the table stand for.
KEY_NEEDED = {"no key": 401, "unknown": 401, "revoked": 401, "expired": 401, "left": 401}
SESSION, PLAN = session(), plan()
SETTINGS = {"show_in_leaderboard": False}


class Row(NamedTuple):
    """One operation: what is sent, and the status that each caller gets."""

    method: str
    path: str
    document: Any
    answers: dict[str, int]
    #: The same where INSIGHTS_PUBLIC_TEAM_STATS is set, if that changes anything.
    public: dict[str, int] | None = None


def everybody(status: int) -> dict[str, int]:
    return dict.fromkeys(CALLERS, status)


def with_key(status: int) -> dict[str, int]:
    return everybody(status) | KEY_NEEDED


#: {upload_id} is one of the member's; to all others it is not there, whatever their role.
TABLE = [
    Row("POST", "/api/v1/sessions", SESSION, with_key(202)),
    Row("POST", "/api/v1/sessions/batch", [SESSION], with_key(202)),
    Row("POST", "/api/v1/plans", PLAN, with_key(202)),
    Row("POST", "/api/v1/plans/batch", [PLAN], with_key(202)),
    Row("GET", "/api/v1/uploads/{upload_id}", None, with_key(404) | {"member": 200}),
    Row("GET", "/api/v1/me", None, with_key(200)),
    Row("PUT", "/api/v1/me/settings", SETTINGS, with_key(200)),
    Row("GET", "/api/v1/team/stats", None, with_key(200), everybody(200)),
    Row("GET", "/api/v1/team/tools", None, with_key(200), everybody(200)),
    Row("GET", "/api/v1/team/trends", None, with_key(200), everybody(200)),
    Row("GET", "/api/v1/team/leaderboard", None, with_key(200)),
    Row("GET", "/health", None, everybody(200)),
    Row("GET", "/health/ready", None, everybody(200)),
    Row("GET", "/health/live", None, everybody(200)),
    Row("GET", "/metrics", None, everybody(200)),
    Row("GET", "/openapi.json", None, everybody(200)),
    Row("GET", "/docs", None, everybody(200)),
    Row("GET", "/docs/static/{name}", None, everybody(404)),
]
#: HEAD is let in wherever GET is.
TABLE += [row._replace(method="HEAD") for row in TABLE if row.method == "GET"]
CELLS = [(row, caller, public) for row in TABLE for caller in CALLERS for public in (False, True)]


class Town(NamedTuple):
    """A team with data in it, the keys of its people in every state, and both ways to open the API."""

    database: Database
    keys: dict[str, str]
    upload_id: str
    apps: dict[bool, TestClient]

    def knock(self, row: Row, caller: str, public: bool) -> Result:
        """Send what a row of the table says as this caller."""
        key = self.keys[caller]
        return self.apps[public].simulate_request(
            row.method,
            row.path.replace("{upload_id}", self.upload_id),
            headers={"X-API-Key": key} if key else {},
            **({} if row.document is None else {"json": row.document}),
        )


@pytest.fixture(scope="module")
def town(postgres: str) -> Iterator[Town]:
    with fresh_database(postgres) as url:
        database = Database(url, pool_size=4, deadline=10)
        apps = {public: app(database, public) for public in (False, True)}
        keys = keys_of_everybody(database)
        headers = {"X-API-Key": keys["member"]}
        document = session(project_name="a-project-of-the-member")
        answer = apps[False].simulate_post("/api/v1/sessions", json=document, headers=headers)
        settle(database)
        yield Town(database, keys, answer.json["upload_id"], apps)
        database.close()


def app(database: Database, public: bool) -> TestClient:
    settings = IngestSettings(insights_public_team_stats=public)
    return TestClient(create_app(database=database, notifier=SilentNotifier(), settings=settings))


def keys_of_everybody(database: Database) -> dict[str, str]:
    people = {name: person(database, name) for name in ("alice", "bob", "charlie", "dora", "erin")}
    ada = person(database, "ada", role="admin")
    keys = {"no key": "", "unknown": "dkd_sk_" + "x" * 43, "expired": key_of(database, people["charlie"])}
    database.execute("test_expire_keys")
    # Only now, so that each of them has one reason alone.
    keys |= {"left": key_of(database, people["dora"]), "revoked": key_of(database, people["erin"])}
    database.execute("test_deactivate", user_id=people["dora"].user_id)
    users.revoke_keys(database, people["erin"].user_id)
    living = {"member": people["alice"], "other member": people["bob"], "admin": ada}
    return keys | {caller: key_of(database, account) for caller, account in living.items()}


def person(database: Database, name: str, role: str = "member") -> Account:
    return enrol(database, name, email=f"{name}@team.test", role=role, share_level="full")


def test_every_operation_of_the_app_is_in_the_table(town: Town) -> None:
    offered = {
        (method.method, route.path)
        for route in falcon.inspect.inspect_app(town.apps[False].app).routes
        for method in route.methods
        if not method.internal
    }

    assert {(row.method, row.path) for row in TABLE} == offered


@pytest.mark.parametrize(
    ("row", "caller", "public"),
    CELLS,
    ids=[f"{row.method} {row.path}, {who}{', public' if public else ''}" for row, who, public in CELLS],
)
def test_every_caller_gets_what_the_table_says(town: Town, row: Row, caller: str, public: bool) -> None:
    expected = (public and row.public) or row.answers

    assert town.knock(row, caller, public).status_code == expected[caller]


@pytest.mark.parametrize("caller", [*KEY_NEEDED, "other member", "admin"])
@pytest.mark.parametrize("public", [False, True])
def test_nobody_is_told_what_is_the_members(town: Town, caller: str, public: bool) -> None:
    """But for the name on the leaderboard, which is for everybody with a key."""
    answers = [town.knock(row, caller, public) for row in TABLE if "list_leaderboard" not in row.path]

    told = " ".join(answer.text for answer in answers)
    assert [
        word for word in ("alice@team.test", "a-project-of-the-member", town.upload_id) if word in told
    ] == []


@pytest.mark.parametrize("caller", KEY_NEEDED)
def test_all_who_are_refused_are_told_the_same(town: Town, caller: str) -> None:
    rows = [row for row in TABLE if row.answers[caller] == 401 and row.method != "HEAD"]
    answers = {town.knock(row, caller, False).content for row in rows}

    assert len(answers) == 1
    assert answers == {town.knock(TABLE[0], "no key", False).content}


@pytest.mark.parametrize("path", sorted({row.path for row in TABLE}))
def test_asking_what_is_offered_tells_that_and_nothing_else(town: Town, path: str) -> None:
    answer = town.apps[False].simulate_options(path.replace("{upload_id}", town.upload_id))

    methods = {row.method for row in TABLE if row.path == path}
    assert (answer.status_code, answer.content) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == methods


def test_no_key_makes_a_key_and_none_is_ever_shown(town: Town) -> None:
    before = users.list_keys(town.database)
    answers = [town.knock(row, caller, True) for row in TABLE for caller in ("member", "admin")]

    assert [key.key_id for key in users.list_keys(town.database)] == [key.key_id for key in before]
    # What the description shows as an example is no key of anybody.
    shown = {word for answer in answers for word in re.findall(r"dkd_sk_[\w-]{20,}", answer.text)}
    assert shown & set(town.keys.values()) == set()
