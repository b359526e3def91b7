"""Connecting a client: a fresh key in every command, commands that work, and green as soon as something arrives."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from db import audit
from db.accounts import administration, api_keys, users
from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import inbox
from db.uploads.upload_records import InboxRow, UploadBatch
from tasks.jobs import persist
from tests.integration.analytics_app.conftest import Visit, Visitor, app_on
from tests.integration.analytics_app.reading import texts
from tests.integration.uploads import caller, upload

ROWS: list[dict[str, Any]] = [
    {
        "type": "user",
        "timestamp": "2026-11-22T10:00:00Z",
        "gitBranch": "main",
        "version": "2.1.0",
        "message": {"role": "user", "content": "don't look at this"},
    },
    {
        "type": "assistant",
        "timestamp": "2026-11-22T10:00:05Z",
        "message": {
            "id": "m1",
            "model": "claude-opus-4-8",
            "content": [{"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}],
            "usage": {"input_tokens": 5, "output_tokens": 7, "cache_read_input_tokens": 11},
        },
    },
    {
        "type": "user",
        "timestamp": "2026-11-22T10:00:09Z",
        "message": {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": True, "content": "no"}],
        },
    },
    {"type": "summary", "summary": "a secret"},
]


def make(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.call("connect-snippets.children", {"connect-make.n_clicks": 1}, "connect-make.n_clicks")
    parts: dict[str, Any] = answer.get_json()["response"]
    return parts


def commands(parts: Any) -> dict[str, str]:
    """Every command on the page by its name."""
    if isinstance(parts, list):
        return {name: text for part in parts for name, text in commands(part).items()}
    props = parts.get("props", parts) if isinstance(parts, dict) else {}
    own = str(props.get("id", ""))
    found = {own.removeprefix("snippet-"): props["children"]} if own.startswith("snippet-") else {}
    return found | commands(props.get("children") or [])


def state(visitor: Visitor, since: object) -> str:
    answer = visitor.call(
        "connect-state.children", {"connect-tick.n_intervals": 1, "connect-since.data": since}
    )
    return texts(answer.get_json()["response"]["connect-state"]["children"])


def test_a_new_key_is_in_every_command(visit: Visit, alice: Account, database: Database) -> None:
    parts = make(visit(alice))
    [found] = set(re.findall(r"dkd_sk_[A-Za-z0-9_-]{43}", json.dumps(parts)))
    known = users.fetch_caller(database, api_keys.hash_key(found))
    assert known is not None
    assert known.account.user_id == alice.user_id
    given = commands(parts["connect-snippets"])
    assert all(found in text for name, text in given.items() if name != "claude-code-settings")
    assert found not in str(audit.list_audit_entries(database, limit=100))


def test_a_key_beyond_the_limit_leaves_the_commands_unchanged(
    visit: Visit, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MAX_KEYS", 0)
    parts = make(visit(alice))
    assert "too many keys" in json.dumps(parts)
    assert "connect-snippets" not in parts


def test_opening_the_page_makes_no_key(visit: Visit, alice: Account, database: Database) -> None:
    answer = visit(alice).call("content.children", {"url.pathname": "/connect"})
    assert "YOUR_KEY" in answer.text
    assert users.list_keys(database, alice.user_id) == []


def test_commands_use_the_configured_address(visit: Visit, alice: Account, database: Database) -> None:
    visitor = Visitor(app_on(database, ingest_url="https://uploads.example.org/"))
    visitor.client.set_cookie("insights_session", visit(alice).cookie("insights_session"))
    visitor.get("/")
    given = commands(make(visitor)["connect-snippets"])
    assert "POST https://uploads.example.org/api/v1/sessions" in given["curl"]


def test_the_hook_sends_the_figures_of_a_transcript_and_no_text(
    visit: Visit, alice: Account, tmp_path: Path
) -> None:
    if not shutil.which("jq"):
        pytest.skip("the hook needs jq")
    given = commands(make(visit(alice))["connect-snippets"])
    sent = _run_hook(given["claude-code"], tmp_path)
    assert sent["tools"] == {"Bash": {"count": 1, "success": 0, "errors": 1}}
    assert sent["token_usage"][0] | {"response_id": "m1", "input_tokens": 5} == sent["token_usage"][0]
    assert (sent["project_name"], sent["git_branch"], sent["total_messages"]) == ("shop", "main", 3)
    assert not re.search("look at this|secret", json.dumps(sent))


def _run_hook(installing: str, home: Path) -> dict[str, Any]:
    """Install it as told, end a session, and look at what curl was given."""
    (home / "bin").mkdir()
    (home / "bin" / "curl").write_text('#!/bin/sh\ncat > "$HOME/sent"\n')
    (home / "bin" / "curl").chmod(0o700)
    transcript = home / "transcript.jsonl"
    transcript.write_text("\n".join(map(json.dumps, ROWS)))
    hook = {"session_id": "s1", "cwd": "/home/alice/shop", "transcript_path": str(transcript)}
    environment = {"HOME": str(home), "PATH": f"{home}/bin:/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(["sh", "-c", installing], env=environment, check=True)
    subprocess.run(
        [home / ".claude" / "insights-hook.sh"], input=json.dumps(hook).encode(), env=environment, check=True
    )
    sent: dict[str, Any] = json.loads((home / "sent").read_text())
    return sent


def test_the_page_waits_for_an_own_upload(
    visit: Visit, alice: Account, bob: Account, database: Database
) -> None:
    visitor, seen = visit(alice), []
    for sender in (None, bob, alice):
        if sender:
            upload(database, sender)
        seen.append("Your upload has arrived" in state(visitor, 0))
    assert seen == [False, False, True]


def test_a_second_visit_waits_for_the_next_upload(visit: Visit, alice: Account, database: Database) -> None:
    upload(database, alice)
    persist.drain_sessions(database, "UTC")
    visitor = visit(alice)
    layout = visitor.call("content.children", {"url.pathname": "/connect"}).text
    found = re.search(r'"id":"connect-since","data":(\d+)|"data":(\d+),"id":"connect-since"', layout)
    assert found is not None
    since = int(found.group(1) or found.group(2))
    assert "Your last upload came" in state(visitor, since)
    upload(database, alice, "s2")
    assert "Your upload has arrived" in state(visitor, since)


def test_a_stored_session_can_be_opened_from_here(visit: Visit, alice: Account, database: Database) -> None:
    upload(database, alice, "a/b")
    persist.drain_sessions(database, "UTC")
    answer = visit(alice).call("connect-state.children", {"connect-since.data": 0})
    assert '"/me/sessions/a%2Fb"' in json.dumps(answer.get_json())


def test_an_upload_in_quarantine_is_shown(visit: Visit, alice: Account, database: Database) -> None:
    item = InboxRow(
        upload_id="00000000-0000-4000-8000-000000000001",
        kind="session",
        name="s1",
        body="{}",
        quarantine_reason="started_at: is missing",
    )
    inbox.insert_uploads(database, [UploadBatch(caller=caller(database, alice), uploads=[item])])
    assert "started_at: is missing" in state(visit(alice), 0)


def test_a_person_who_shares_nothing_reads_why_nothing_arrives(visit: Visit, charlie: Account) -> None:
    assert "Nothing will arrive" in state(visit(charlie), 0)


@pytest.mark.parametrize("since", [None, "x", [], {}, -1, 10**30, True])
def test_an_invalid_marker_is_no_error(
    visit: Visit, alice: Account, database: Database, since: object
) -> None:
    upload(database, alice)
    assert state(visit(alice), since)
