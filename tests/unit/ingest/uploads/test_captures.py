"""Real bodies of the public agent against the truth of their transcripts, where those lie beside the checkout."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.http.strict_json import parse
from ingest.redaction.redactor import Redactor
from ingest.uploads.schema import read_session
from ingest.uploads.session_record import session_record
from tests.unit.ingest.fakes import NOW

SHARED = Path(__file__).parents[5] / "shared"
LEVELS = ("metadata", "full")

pytestmark = pytest.mark.skipif(not (SHARED / "captures").is_dir(), reason="the captured bodies are not here")


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, Any]]:
    lines = (SHARED / "samples" / "groundtruth.jsonl").read_text(encoding="utf-8").splitlines()
    return {entry["session_id"]: entry for entry in map(json.loads, lines)}


def records(level: str) -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted((SHARED / "captures" / f"go-agent-{level}").glob("*sessions-batch.json")):
        for item in parse(path.read_bytes()).raise_for_errors():
            upload = read_session(item)
            record = session_record(upload, share_level=level, now=NOW, redactor=Redactor("dkd_sk_"))
            found[upload.session_id] = json.loads(record[1])
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_every_session_and_model_equals_the_truth_to_the_token(
    level: str, truth: dict[str, dict[str, Any]]
) -> None:
    names = ("responses", "tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
    true_names = ("api_calls", "input", "output", "cache_read", "cache_creation")

    for session_id, record in records(level).items():
        counted = {entry["model"]: [entry[name] for name in names] for entry in record["models"]}
        models = truth[session_id]["models"].items()
        assert counted == {model: [sums[name] for name in true_names] for model, sums in models}


@pytest.mark.parametrize("level", LEVELS)
def test_all_sessions_together_have_the_known_sums(level: str) -> None:
    found = records(level).values()

    assert len(found) == 34
    assert sum(record["total_tokens_in"] for record in found) == 87_208
    assert sum(record["total_tokens_out"] for record in found) == 321_247


def test_this_agent_reports_no_outcomes() -> None:
    tools = [tool for record in records("metadata").values() for tool in record["tools"]]

    assert {tool["success_count"] for tool in tools} == {None}


def test_full_bodies_sent_at_metadata_leave_no_text() -> None:
    path = SHARED / "captures" / "go-agent-full" / "02-sessions-batch.json"
    uploads = [read_session(item) for item in parse(path.read_bytes()).raise_for_errors()]
    bodies = [
        session_record(upload, share_level="metadata", now=NOW, redactor=Redactor("dkd_sk_"))[1]
        for upload in uploads
    ]

    assert not any('"messages"' in body or "tool_input" in body for body in bodies)
