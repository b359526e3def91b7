"""Two hundred secrets and every key of the run, sent in all places at all levels: none is anywhere afterwards."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import pytest

from tests.integration.tables import all_text
from tests.system import canaries
from tests.system.canaries import Canary
from tests.system.insights_server import InsightsServer, ask, wait_until

SECRETS = canaries.make(200, seed=20261122)
DAY = "2026-11-20"
#: Of each person's texts alone; only hers may be kept.
SENTENCES = {
    "alice": "the otter crossed the frozen river",
    "bob": "a heron waited under the bridge",
    "charlie": "nobody counted the lanterns",
}
MAX_TAG_LENGTH = 100


@dataclass
class Traces:
    """What was sent, and all that can be read of the server afterwards, each place by its name."""

    keys: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)


def session(number: int, secret: str, sentence: str) -> dict[str, Any]:
    """One session with the secret in every field that is free text."""
    text = f"{sentence}\n{secret}\nso far."
    command = json.dumps({"command": text})
    return {
        "session_id": f"s-{number}",
        "started_at": f"{DAY}T10:00:00Z",
        "project_name": f"/home/me/{secret}",
        "git_branch": f"fix {secret}",
        "machine": secret,
        "agent": secret,
        "agent_version": secret,
        "tags": [secret] if len(secret) <= MAX_TAG_LENGTH else [],
        "messages": [
            {"seq": 0, "role": "user", "content": text},
            {"seq": 1, "role": "tool", "content": command},
        ],
        "tool_calls": [{"tool_name": "Bash", "tool_input": command, "tool_output": text, "success": True}],
        "a_field_of_tomorrow": text,
    }


def plan(number: int, secret: str, sentence: str) -> dict[str, Any]:
    """One plan, likewise."""
    content = f"# Plan\n\n{sentence}\n\n    {secret}\n"
    return {"name": f"p-{number}", "title": f"Use {secret}", "content": content}


def refused(item: dict[str, Any], secret: str, sentence: str) -> dict[str, Any]:
    """The same with the secret where no text may be."""
    return item | {"started_at": f"{sentence} {secret}", "created_at": {secret: [sentence]}}


def send_all(insights: InsightsServer, name: str, key: str) -> None:
    """Every secret in good and bad items, alone and in batches."""
    sentence = SENTENCES[name]
    for kind, make in (("sessions", session), ("plans", plan)):
        items = [make(number, canary.text, sentence) for number, canary in enumerate(SECRETS)]
        bad = [refused(item, canary.text, sentence) for item, canary in zip(items, SECRETS, strict=True)]
        taken = insights.post(f"/api/v1/{kind}/batch", key, items + bad).json()
        assert [item["status"] for item in taken] == ["ok"] * len(items) + ["error"] * len(bad)
        for item in bad[:: 1 if name == "alice" else 20]:
            assert insights.post(f"/api/v1/{kind}", key, item).status == 422
    for canary in SECRETS[: len(canaries.SHAPES)]:
        knock_oddly(insights, key, canary)


def knock_oddly(insights: InsightsServer, key: str, canary: Canary) -> None:
    """Secrets and keys where they have no business: in a body that is no JSON, an address, a broken head."""
    insights.post("/api/v1/sessions", key, f'{{"session_id": "{canary.text}'.encode())
    insights.post("/api/v1/sessions/batch", key, json.dumps(canary.text).encode())
    insights.post("/api/v1/sessions", key, canary.text.encode(), **{"Content-Type": "text/plain"})
    word = max(canary.traces)
    for path in (
        f"/api/v1/me?api_key={key}",
        f"/api/v1/uploads/{key}",
        f"/{word}",
        f"/api/v1/team/stats?days={word}",
    ):
        ask(f"{insights.ingest}{path}", headers={"Authorization": f"Bearer {key}"})
    for line in (f"X-API-Key : {key}", f"X-API-Key={key}", f"X-{word}\0: {key}"):
        with socket.create_connection(("127.0.0.1", insights.ingest_port), timeout=10) as connection:
            connection.sendall(f"GET /api/v1/me?{word} HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n".encode())
            connection.recv(1000)


def is_settled(insights: InsightsServer) -> bool:
    with closing(psycopg2.connect(insights.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbox WHERE state = 'pending'")
        row = cursor.fetchone()
    return row == (0,)


def answers(insights: InsightsServer, key: str) -> Iterator[str]:
    """What the API and the admin's commands tell of it all."""
    with closing(psycopg2.connect(insights.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT upload_id::text FROM inbox JOIN users USING (user_id) WHERE username = 'alice'"
        )
        uploads = [row[0] for row in cursor]
    for upload_id in uploads[::4]:
        yield ask(f"{insights.ingest}/api/v1/uploads/{upload_id}", headers={"X-API-Key": key}).body.decode()
    listed = insights.manage("quarantine", "list", "--limit", "10000")
    yield json.dumps(listed)
    yield json.dumps(insights.manage("quarantine", "show", listed[0]["upload_id"]))
    yield json.dumps(insights.manage("quarantine", "show", listed[-1]["upload_id"]))


@pytest.fixture(scope="module")
def left(insights: InsightsServer) -> Traces:
    """Send everything, let it settle, export it, and read every place there is."""
    left = Traces(keys=[insights.printed("API key")])
    for name, level in (("alice", "full"), ("bob", "metadata"), ("charlie", "none")):
        key = insights.manage("create-user", name, "--share-level", level)["api_key"]
        left.keys.append(key)
        send_all(insights, name, key)
    old = insights.manage("create-user", "dora")["api_key"]
    left.keys += [old, insights.manage("rotate-key", "dora")["api_key"]]
    for key in (old, old[:-1] + "x"):
        assert insights.post("/api/v1/sessions", key, {}).status == 401
    wait_until(lambda: is_settled(insights), 60)
    insights.manage("export", "--from", DAY, "--to", DAY)
    left.places = {
        "tables": all_text(insights.database_url),
        "Redis": canaries.everything_in(insights.redis_url),
        "logs": "\n".join(path.read_text(errors="replace") for path in (insights.home / "logs").iterdir()),
        "exports": "\n".join(canaries.decoded(insights.home / "exports")),
        "metrics": ask(f"{insights.ingest}/metrics").body.decode(),
        "answers": "\n".join(answers(insights, left.keys[1])),
    }
    # The console shows the first key and password once, as it should.
    for what, traces in needles(left.keys).items():
        left.files[what] = canaries.files_with(traces, insights.home, but="output")
    return left


def needles(keys: list[str]) -> dict[str, set[str]]:
    """What must be nowhere."""
    return {
        "secrets": {trace for canary in SECRETS for trace in canary.traces},
        # What a key begins with is shown to its owner, so that keys can be told apart.
        "keys": {key[-canaries.TRACE :] for key in keys},
        "sentences": {SENTENCES["bob"], SENTENCES["charlie"]},
    }


PLACES = ("tables", "Redis", "logs", "exports", "metrics", "answers")


@pytest.mark.parametrize("what", ["secrets", "keys", "sentences"])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_it_is_in(left: Traces, place: str, what: str) -> None:
    assert canaries.found(needles(left.keys)[what], left.places[place]) == []


@pytest.mark.parametrize("what", ["secrets", "keys", "sentences"])
def test_no_file_of_the_house_holds_any_of_it(left: Traces, what: str) -> None:
    """Data files, write-ahead log, Redis's own log of every command, exports, logs."""
    assert left.files[what] == []


@pytest.mark.parametrize("place", PLACES)
def test_there_was_something_to_find(left: Traces, place: str) -> None:
    words = {
        "tables": "s-199",
        "Redis": "rq:",
        "logs": "/api/v1/sessions/batch",
        "exports": "[REDACTED:",
        "metrics": "insights_",
        "answers": "quarantined",
    }

    assert words[place] in left.places[place]


def test_every_kind_was_taken_out_of_what_is_kept(left: Traces) -> None:
    kinds = {canary.kind for canary in SECRETS}

    assert [kind for kind in kinds if f"[REDACTED:{kind}]" not in left.places["tables"]] == []


def test_the_text_of_who_shares_it_is_kept(left: Traces) -> None:
    assert left.places["tables"].count(SENTENCES["alice"]) >= len(SECRETS) * 5
