"""Requests that no page of ours would send: nobody reads or changes what is another's, and nothing falls over."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from db.accounts import users
from db.accounts.account_records import Account, ApiKey
from db.accounts.api_keys import new_key
from db.connection import Database
from db.lifecycle import data_export
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.analytics_app.access_matrix import callbacks
from tests.integration.analytics_app.conftest import CALLBACK, Visit, Visitor, body_of
from tests.integration.people import enrol
from tests.integration.uploads import upload

SEED = 20261122
NAME, EMAIL, SESSION, LABEL = "dana-unseen", "dana@unseen.example", "session-of-dana", "label-of-dana"
MACHINE, TEXT = "machine-of-dana", "words of dana"
#: What Bob does not say himself, so that nobody repeats it after him.
CANARIES = (NAME, EMAIL, LABEL, MACHINE, TEXT)
JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1e400,
    "",
    "\0",
    "x" * 5_000,
    [],
    [[]],
    {},
    {"id": {}},
    [None],
)


@pytest.fixture
def dana(database: Database) -> Account:
    """Dana shares her text with nobody but herself, and takes no part in the leaderboard."""
    person = enrol(database, NAME, email=EMAIL, share_level="full", show_in_leaderboard=False)
    rollup.begin_in_zone(database, "UTC")
    text = {"sequence": 0, "timestamp": None, "role": "user", "content": TEXT}
    upload(database, person, SESSION, machine=MACHINE, messages=[text])
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")
    return person


@pytest.fixture
def key(database: Database, dana: Account) -> ApiKey:
    made = new_key("dkd_sk_")
    return users.issue_key(
        database, user_id=dana.user_id, label=LABEL, prefix=made.prefix, key_hash=made.key_hash
    )


def everything_of(database: Database, person: Account) -> str:
    return "".join(data_export.stream_data_export(database, person.user_id))


def stolen(dana: Account, key: ApiKey) -> list[Any]:
    """What would name Dana, her session or her key, wherever a callback takes a value."""
    person = dana.user_id
    return [
        f"?person={person}&user={person}&user_id={person}&id={person}&q={SESSION}",
        f"/me/sessions/{SESSION}",
        f"/me/sessions/{SESSION}?person={person}",
        person,
        str(key.key_id),
        {"panel": "charges", "search": f"?person={person}", "user_id": person},
        {"panel": "tool-people", "search": f"?person={person}"},
        [person, SESSION],
    ]


def crafted(visitor: Visitor, value: Any, ids: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    """That value in every place of every callback, each as if its first input had changed."""
    for name in callbacks(visitor.app):
        entry = visitor.app.callback_map[name]
        places = [*entry["inputs"], *entry["state"]]
        values = {
            f"{part['id']}.{part['property']}": dict.fromkeys(ids, 1) if '["ALL"]' in part["id"] else value
            for part in places
        }
        body = body_of(visitor.app, name, values)
        [first, *_] = [
            part for given in body["inputs"] for part in (given if isinstance(given, list) else [given])
        ]
        identifier = first["id"]
        changed = identifier if isinstance(identifier, str) else json.dumps(identifier, separators=(",", ":"))
        yield body | {"changedPropIds": [f"{changed}.{first['property']}"]}


def test_a_member_neither_reads_nor_changes_what_is_anothers(
    visit: Visit, database: Database, bob: Account, dana: Account, key: ApiKey
) -> None:
    visitor, before = visit(bob), everything_of(database, dana)
    lang = [
        visitor.send(body).text
        for value in stolen(dana, key)
        for body in crafted(visitor, value, (key.key_id, dana.user_id))
    ]

    assert [canary for canary in CANARIES for text in lang if canary in text] == []
    assert everything_of(database, dana) == before


def test_the_canaries_are_in_the_data(visit: Visit, database: Database, dana: Account, key: ApiKey) -> None:
    lang = everything_of(database, dana)

    assert [canary for canary in CANARIES if canary not in lang] == []


def test_a_member_gets_the_same_figures_whichever_person_they_request(
    visit: Visit, bob: Account, dana: Account
) -> None:
    visitor = visit(bob)
    asked = {"url.search": f"?person={dana.user_id}", "url.pathname": "/"}
    plain = {"url.search": "", "url.pathname": "/"}
    reading = [name for name, called in callbacks(visitor.app).items() if ".show_" in called]

    different = [
        name
        for name in reading
        if visitor.send(body_of(visitor.app, name, asked)).data
        != visitor.send(body_of(visitor.app, name, plain)).data
    ]
    assert different == []


def misshapen(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same request with its frame broken in one place; the values in it may be anything anyway."""
    yield {name: part for name, part in body.items() if name != "output"}
    yield {name: part for name, part in body.items() if name != "outputs"}
    yield {name: part for name, part in body.items() if name != "inputs"}
    yield body | {"output": body["output"] + "x"}
    yield body | {"output": body["output"].replace(".", "\0")}
    yield body | {"outputs": [body["outputs"], body["outputs"]]}
    yield body | {"inputs": [*body["inputs"], *body["inputs"]]}
    yield body | {"state": [*body["state"], {"id": "url", "property": "search", "value": ""}]}
    yield body | {"changedPropIds": {"a": 1}}
    for junk in ({}, None, 7, "url", {"id": 7, "property": "search"}, {"id": {"a": "b"}, "property": []}):
        yield body | {"inputs": [junk, *body["inputs"][1:]]}
        yield body | {"outputs": junk}


def test_a_request_of_the_wrong_shape_is_a_400(visit: Visit, admin: Account) -> None:
    visitor = visit(admin)
    taken = [
        (name, wrong)
        for name in callbacks(visitor.app)
        for wrong in misshapen(body_of(visitor.app, name, {}))
        if visitor.send(wrong).status_code != 400
    ]

    assert taken == []


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in it."""
    if path:
        yield path
    steps = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


def disturbed(body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same request with one to three values anywhere in it replaced by junk."""
    broken = deepcopy(body)
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice(list(places(broken)))
        part: Any = broken
        for step in way:
            part = part[step]
        part[last] = deepcopy(chance.choice(JUNK))
    return broken


@pytest.mark.parametrize("who", ["bob", "admin"])
def test_junk_anywhere_in_a_request_is_no_server_error(
    visit: Visit, request: pytest.FixtureRequest, who: str
) -> None:
    visitor, chance = visit(request.getfixturevalue(who)), random.Random(SEED)
    bodies = [
        disturbed(body_of(visitor.app, name, {}), chance)
        for name in callbacks(visitor.app)
        for _ in range(12)
    ]
    statuses = {visitor.send(body).status_code: body for body in bodies}

    assert set(statuses) <= {200, 204, 400, 403}, statuses
    assert 400 in statuses


def test_nan_in_a_request_is_no_server_error(visit: Visit, bob: Account) -> None:
    visitor = visit(bob)
    body = body_of(visitor.app, next(iter(callbacks(visitor.app))), {})
    raw = json.dumps(body).replace("null", "NaN")
    headers = {"X-CSRFToken": visitor.cookie("_csrf_token")}
    answer = visitor.open("POST", CALLBACK, data=raw, content_type="application/json", headers=headers)
    assert answer.status_code < 500
