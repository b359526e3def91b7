"""/metrics of a server with two workers on real stores, and on stores that take connections but never answer."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from db import scheduled_runs
from db.accounts.account_records import Account
from db.connection import Database
from db.usage import exports
from ingest.gunicorn_conf import MEMORY
from tests.integration.ingest.conftest import key_of
from tests.integration.ingest.serving import call, serving
from tests.integration.uploads import upload
from tests.unit.ingest.wire import session

DUE = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
#: As in the Procfile.
TWO_WORKERS = ("--workers", "2")


def figures(port: int) -> dict[tuple[str, ...], float]:
    """Every figure by its name and the values of its labels, in the order of their names."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics")
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    assert response.status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def silent_address() -> Iterator[str]:
    """A host and port where somebody takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_two_workers_add_up_to_what_was_sent(
    database_url: str, redis_url: str, database: Database, alice: Account
) -> None:
    headers = {"X_API_Key": key_of(database, alice), "Content_Type": "application/json"}
    with serving(database_url, redis_url, *TWO_WORKERS) as (port, _), ExitStack() as stack:
        # Held open, so that both workers get some.
        for _ in range(16):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        for number in range(40):
            call(port, "POST", "/api/v1/sessions", json_of(number), **headers)
        found = figures(port)

    assert found["insights_requests_total", "POST", "", "/api/v1/sessions", "202"] == 40
    assert found["insights_uploads_total", "session", "accepted"] == 40
    assert found["insights_request_seconds_count", "/api/v1/sessions"] == 40


def json_of(number: int) -> bytes:
    return json.dumps(session(session_id=f"s{number}")).encode()


def test_what_waits_in_the_stores_shows(
    database_url: str, redis_url: str, database: Database, bob: Account
) -> None:
    for number in range(3):
        upload(database, bob, f"s{number}")
    with serving(database_url, redis_url) as (port, _):
        found = figures(port)

    assert found["insights_inbox_pending",] == 3
    assert 0 < found["insights_inbox_oldest_seconds",] == found["insights_visible_lag_seconds",] < 60
    assert (found["insights_store_up", "postgresql"], found["insights_store_up", "redis"]) == (1, 1)


def test_how_runs_of_the_schedule_went_shows(
    database_url: str, redis_url: str, database: Database, bob: Account
) -> None:
    for name, outcome in (("export", "failed"), ("check", "done")):
        scheduled_runs.record_due_run(database, name, DUE)
        scheduled_runs.begin_run(database, name, DUE)
        scheduled_runs.finish_run(database, name, DUE, outcome, {})
    exports.mark_days_stale(database, [DUE.date()])
    with serving(database_url, redis_url) as (port, _):
        found = figures(port)

    assert (found["insights_run_failed", "export"], found["insights_run_failed", "check"]) == (1, 0)
    assert found["insights_run_seconds", "check"] < 60 < found["insights_run_ended_at_seconds", "check"]
    assert found["insights_exports_stale_days",] == 1


def test_stores_that_hang_delay_it_by_less_than_two_seconds(silent_address: str) -> None:
    with serving(f"postgresql://x@{silent_address}/x", f"redis://{silent_address}") as (port, _):
        began = time.monotonic()
        found = figures(port)
        seconds = time.monotonic() - began

    assert (found["insights_store_up", "postgresql"], found["insights_store_up", "redis"]) == (0, 0)
    assert seconds < 2


def test_a_run_leaves_no_folder_behind(database_url: str, redis_url: str, tmp_path: Path) -> None:
    with serving(database_url, redis_url, *TWO_WORKERS, TMPDIR=str(tmp_path)) as (port, server):
        figures(port)
        workers = [child.pid for child in psutil.Process(server.pid).children()]
        # A folder in memory is shared with whatever else runs here, so ours is found by who writes to it.
        files = [path for place in (MEMORY, tmp_path) for path in place.glob("insights-metrics-*/*.db")]
        ours = {file.parent for file in files if int(file.stem.rpartition("_")[2]) in workers}
        server.terminate()
        server.wait(20)

    assert [folder.exists() for folder in ours] == [False]
