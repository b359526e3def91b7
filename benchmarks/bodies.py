"""Made-up uploads, the same in every run: what fifty people's agents send, as both servers understand it."""

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

PEOPLE = 50
DAYS = 30
MESSAGE_BYTES = 1024
ID = "@@ID@@"
SEED = 11

PROJECTS = [
    f"{area}-{part}" for area in ("shop", "billing", "search", "portal") for part in ("api", "web", "worker")
]
MODELS = {"claude-opus-4-8": 3, "claude-sonnet-5": 6, "claude-haiku-4-5": 1}
TAGS = ("bugfix", "feature", "refactoring", "testing", "documentation", "operations")
TOOLS = (
    *(
        "Read",
        "Edit",
        "Bash",
        "Grep",
        "Write",
        "Glob",
        "TodoWrite",
        "WebFetch",
        "Task",
        "MultiEdit",
        "WebSearch",
    ),
    *("mcp__github__get_issue", "mcp__postgres__query", "mcp__sentry__search", "BashOutput", "NotebookEdit"),
)
TALK = """\
the function returns none when its cache is cold so this test fails before any request reaches the database
we should move `parse_order` into src/orders/parser.py and keep one entry point: def load(path): ... then
run pytest -q again 14 passed 2 failed because KeyError: 'currency' was raised in line 218 of checkout.py
please look at https://example.org/issues/4711 first and tell me what you would change and why"""
WORDS = TALK.split()


class Workload(NamedTuple):
    """One kind of load: what is sent where, by how many at once, and what it is measured against."""

    name: str
    title: str
    path: str
    connections: int
    #: How many different bodies are sent in turn.
    bodies: int
    #: Sessions in one body.
    items: int
    messages: int
    #: How many times the peer's rate it has to be.
    goal: int
    #: How long one round sends: what is left to do when it ends must be little beside it, for both servers.
    seconds: int = 10


SESSIONS = "/api/v1/sessions"
WORKLOADS = {
    load.name: load
    for load in (
        Workload("singles", "single uploads, 8 at once", SESSIONS, 8, 2000, 1, 0, 6),
        Workload("batch", "batches of 100, 4 at once", f"{SESSIONS}/batch", 4, 60, 100, 0, 20),
        Workload("messages", "40 messages of 1 KB each, 8 at once", SESSIONS, 8, 300, 1, 40, 6),
    )
}


def person_name(person: int) -> str:
    """What one made-up person is called."""
    return f"person{person:03d}"


def api_key(person: int) -> str:
    """The key of one made-up person, the same on both servers."""
    return f"dkd_sk_bench{person:03d}{hashlib.sha256(b'%d' % person).hexdigest()[:24]}"


def lines(load: Workload, now: datetime) -> Iterator[str]:
    """What the client reads: a key and a body per line."""
    chance = random.Random(SEED)
    for _ in range(load.bodies):
        key = api_key(chance.randrange(PEOPLE))
        yield f"{key}\t{json.dumps(_body(chance, load, now), separators=(',', ':'))}\n"


def _body(chance: random.Random, load: Workload, now: datetime) -> Any:
    if load.items == 1:
        return session(chance, ID, now, load.messages)
    return [session(chance, f"{ID}-{place}", now, load.messages) for place in range(load.items)]


def session(chance: random.Random, session_id: str, now: datetime, messages: int = 0) -> dict[str, Any]:
    """One session of the last thirty days."""
    began = (now - timedelta(seconds=chance.uniform(3600, DAYS * 86_400))).astimezone(UTC)
    length = timedelta(seconds=int(min(3600, chance.lognormvariate(7, 1))))
    upload = {
        "session_id": session_id,
        "project_name": chance.choice(PROJECTS),
        "started_at": began.isoformat(timespec="seconds"),
        "ended_at": (began + length).isoformat(timespec="seconds"),
        "total_messages": 4 + int(chance.lognormvariate(3, 1)),
        "total_tokens_in": int(chance.lognormvariate(10.5, 1.2)),
        "total_tokens_out": int(chance.lognormvariate(8.5, 1.1)),
        "model": chance.choices(list(MODELS), list(MODELS.values()))[0],
        "tools": {name: _tool(chance) for name in chance.sample(TOOLS, chance.randint(6, 12))},
        "tags": chance.sample(TAGS, chance.randint(0, 3)),
    }
    if messages:
        upload["messages"] = [_message(chance, number) for number in range(messages)]
    return upload


def _tool(chance: random.Random) -> dict[str, int]:
    count = 1 + int(chance.lognormvariate(2, 1))
    errors = sum(chance.random() < 0.04 for _ in range(min(count, 50)))
    return {"count": count, "success": count - errors, "errors": errors}


def _message(chance: random.Random, number: int) -> dict[str, Any]:
    text = " ".join(chance.choices(WORDS, k=MESSAGE_BYTES // 4)).ljust(MESSAGE_BYTES)[:MESSAGE_BYTES]
    return {"seq": number, "role": "assistant" if number % 2 else "user", "content": text}
