"""What the edge counts, and how a store that does not answer shows: nothing personal, and never an error."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tasks.queue.notifier import QueueFigures
from tasks.queue.stats import BOUNDS, JobFigures, Spread
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier
from tests.unit.ingest.wire import session
from web import WORKER

MANUAL = (Path(__file__).parents[4] / "docs" / "operations.md").read_text(encoding="utf-8")
INBOX = {"pending": 3, "oldest_seconds": 12.5, "quarantined": 1, "invisible_seconds": 13.0}
Figures = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def inbox(database: FakeDatabase) -> None:
    database.answers["fetch_inbox_figures"] = [INBOX]
    database.answers |= {"list_last_ended_runs": [], "count_stale_days": []}


def figures(api: Api) -> Figures:
    """Every figure by its name and the values of its labels, in the order of their names."""
    answer = api.get("/metrics", None)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_are_counted_by_method_route_status_and_reason(api: Api) -> None:
    api.get("/api/v1/team/stats?days=0")
    api.get("/api/v1/uploads/one")
    api.get("/api/v1/uploads/other")
    api.get("/somewhere/else")

    found = figures(api)
    name = "insights_requests_total"
    assert found[name, "GET", "invalid_value", "/api/v1/team/stats", "422"] == 1
    assert found[name, "GET", "not_found", "/api/v1/uploads/{upload_id}", "404"] == 2
    assert found[name, "GET", "not_found", "unknown", "404"] == 1


def test_requests_take_their_time(api: Api) -> None:
    api.get("/health/live")

    found = figures(api)
    assert found["insights_request_seconds_count", "/health/live"] == 1
    assert 0 < found["insights_request_seconds_sum", "/health/live"] < 1


def test_open_connections_are_those_of_the_worker(api: Api) -> None:
    worker = SimpleNamespace(open_connections=7, alive=True)
    api.call("GET", "/health/live", extras={WORKER: worker})

    assert figures(api)["insights_open_connections",] == 7


def test_uploads_are_counted_by_kind_and_outcome(api: Api) -> None:
    api.post("/api/v1/sessions/batch", [session(), session(), {"session_id": 5}])
    api.post("/api/v1/sessions", session(), "charlie")
    api.post("/api/v1/plans", {"name": "p", "content": "c"})
    api.post("/api/v1/plans", {"name": 5})

    found = figures(api)
    uploads = {
        labels: value
        for (name, *labels), value in found.items()
        if name == "insights_uploads_total"
        for labels in [tuple(labels)]
    }
    assert uploads == {
        ("session", "accepted"): 2,
        ("session", "quarantined"): 1,
        ("session", "not_kept"): 1,
        ("plan", "accepted"): 1,
    }


def test_secrets_are_counted_by_kind(api: Api) -> None:
    text = f"ghp_{'a1' * 18} and ghp_{'b2' * 18}"
    api.post("/api/v1/sessions", session(messages=[{"seq": 1, "role": "user", "content": text}]))

    assert figures(api)["insights_redactions_total", "github_token"] == 2


def test_the_inbox_is_asked_anew_each_time(api: Api, database: FakeDatabase) -> None:
    before = figures(api)
    database.answers["fetch_inbox_figures"] = [INBOX | {"pending": 4}]

    assert (before["insights_inbox_pending",], before["insights_visible_lag_seconds",]) == (3, 13)
    assert figures(api)["insights_inbox_pending",] == 4


def test_jobs_are_told_by_name_and_outcome(api: Api, notifier: FakeNotifier) -> None:
    spread = Spread([(bound, 2) for bound in BOUNDS], 0.5)
    notifier.known = QueueFigures(7, 1, [JobFigures("persist", 2, 1, spread, spread)])

    found = figures(api)
    assert (found["insights_queue_jobs",], found["insights_queue_failed_jobs",]) == (7, 1)
    assert (
        found["insights_jobs_total", "persist", "failed"],
        found["insights_job_seconds_sum", "persist"],
    ) == (1, 0.5)


def test_stores_that_do_not_answer_leave_their_figures_out(
    api: Api, database: FakeDatabase, notifier: FakeNotifier
) -> None:
    notifier.known = QueueFigures(0, 0, [])
    up = figures(api)
    database.down, notifier.known = True, None
    down = figures(api)

    stores = [("insights_store_up", "postgresql"), ("insights_store_up", "redis")]
    assert ([up[store] for store in stores], [down[store] for store in stores]) == ([1, 1], [0, 0])
    assert {"insights_inbox_pending", "insights_queue_jobs"}.isdisjoint(name for name, *_ in down)


def test_nothing_that_was_sent_becomes_a_label(api: Api) -> None:
    api.call("TRACE", "/mine/own", None)
    api.post("/api/v1/sessions?note=mine", session(session_id="mine"))
    api.get("/api/v1/uploads/mine")

    told = api.get("/metrics", None).text
    assert not any(word in told for word in ("TRACE", "mine", "alice", "dkd_sk"))


def test_every_figure_is_in_the_manual(api: Api, database: FakeDatabase, notifier: FakeNotifier) -> None:
    notifier.known = QueueFigures(0, 0, [])
    told = re.findall(r"^# TYPE (insights_\w+) ", api.get("/metrics", None).text, re.MULTILINE)
    explained = re.findall(r"`(insights_\w+)", MANUAL)

    missing = {name for name in told if not name.endswith("_created")} - set(explained)
    assert missing == set(), "add these to docs/operations.md, Watching over it"
