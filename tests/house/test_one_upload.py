"""One upload, one screen: a traced POST stays within a few files, and docs/dataflow.md tells its steps in order."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pytest
from falcon.testing import TestClient

from db.accounts.account_records import Account
from db.connection import Database
from db.uploads.upload_records import ClaimedUpload, InboxRow, StoredSession, UploadBatch
from ingest.http.answers import SessionAnswer
from ingest.openapi.examples import SESSION
from ingest.uploads.schema import SessionUpload
from tests.integration.conftest import alice, database, database_url, postgres, stores_home  # noqa: F401
from tests.integration.ingest.conftest import client, key_of  # noqa: F401

ROOT = Path(__file__).parents[2]
PACKAGES = ("ingest", "db", "web", "tasks")
MAX_FILES, MAX_MOVES = 14, 35
#: Where the row is committed: what follows is the answer.
LAST_STEP = ("db/uploads/inbox.py", "insert_uploads")
#: What carries an upload from the wire to a stored session: checked, on its way to the inbox, taken from it, stored.
RECORD_TYPES = {SessionUpload, InboxRow, UploadBatch, ClaimedUpload, StoredSession}
#: Fields by which an upload is known.
IDENTITY = ("session_id", "upload_id", "uploads")
DATAFLOW = (ROOT / "docs" / "dataflow.md").read_text(encoding="utf-8")
STEP = re.compile(r"`([a-z_]+/[\w/]+\.py):(\w+)`")


@dataclass
class Trace:
    """Which functions of ours ran, and from which file into which."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    #: The types of what functions returned that carries the upload.
    carriers: set[type] = field(default_factory=set)

    @property
    def files(self) -> set[str]:
        """Every file that the request passed."""
        return {file for file, _ in self.steps}


@contextmanager
def tracing() -> Iterator[Trace]:
    """Record the calls from `on_post` to the end of the step that commits the row."""
    trace, stack, is_over = Trace(), list[tuple[str, str]](), False

    def profile(frame: FrameType, event: str, result: object) -> None:
        nonlocal is_over
        path = Path(frame.f_code.co_filename)
        if is_over or not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in PACKAGES:
            return
        step = (str(path.relative_to(ROOT)), frame.f_code.co_name)
        if event == "call" and (stack or step[1] == "on_post"):
            if stack and stack[-1][0] != step[0]:
                trace.moves.append((stack[-1][0], step[0]))
            trace.steps.append(step)
            stack.append(step)
        elif event == "return" and stack:
            values = result if isinstance(result, (tuple, list)) else [result]
            trace.carriers |= {
                type(value) for value in values if any(hasattr(value, name) for name in IDENTITY)
            }
            is_over = stack.pop() == LAST_STEP

    sys.setprofile(profile)
    try:
        yield trace
    finally:
        sys.setprofile(None)


@pytest.fixture
def trace(client: TestClient, database: Database, alice: Account) -> Trace:  # noqa: F811
    """The second POST of a session: the first connects to PostgreSQL and prepares the statement."""
    headers = {"X-API-Key": key_of(database, alice), "Content-Type": "application/json"}
    body = json.dumps(SESSION, default=str)
    assert client.simulate_post("/api/v1/sessions", headers=headers, body=body).status_code == 202
    with tracing() as traced:
        assert client.simulate_post("/api/v1/sessions", headers=headers, body=body).status_code == 202
    assert traced.steps[0] == ("ingest/resources/uploads.py", "on_post")
    assert LAST_STEP in traced.steps
    return traced


def test_an_upload_passes_few_files(trace: Trace) -> None:
    assert len(trace.files) <= MAX_FILES, sorted(trace.files)


def test_an_upload_moves_between_files_seldom(trace: Trace) -> None:
    assert len(trace.moves) <= MAX_MOVES, trace.moves


def test_no_step_of_an_upload_is_a_lambda(trace: Trace) -> None:
    assert "<lambda>" not in {function for _, function in trace.steps}


def test_no_file_on_the_way_of_an_upload_uses_partial(trace: Trace) -> None:
    assert [
        file for file in trace.files if "partial(" in (ROOT / file).read_text() and "strict_json" not in file
    ] == []


def test_few_types_carry_an_upload(trace: Trace) -> None:
    assert len(RECORD_TYPES) <= 5
    assert trace.carriers <= {*RECORD_TYPES, SessionAnswer}
    assert {SessionUpload, InboxRow} <= trace.carriers


def documented_steps() -> list[tuple[str, str]]:
    """Every `file:function` of docs/dataflow.md, in its order."""
    return STEP.findall(DATAFLOW)


@pytest.mark.parametrize("step", documented_steps(), ids=":".join)
def test_every_documented_step_exists(step: tuple[str, str]) -> None:
    file, function = step
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))

    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_documented_steps_run_in_that_order(trace: Trace) -> None:
    traced = STEP.findall(DATAFLOW.partition("Only then")[0])

    assert [step for step in traced if step not in trace.steps] == []
    assert sorted(traced, key=trace.steps.index) == traced
    assert {file for file, _ in traced} == trace.files
