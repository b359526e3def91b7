"""What the edge counts of itself, request by request; its labels are routes and known words, never what was sent."""

from collections import Counter as Tally
from collections.abc import Iterable
from pathlib import Path

import falcon
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from ingest.http.answers import PlanAnswer, SessionAnswer
from web import WORKER

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Falcon middleware that counts, in this process or, where there are several, in a folder they share."""

    def __init__(self, shared_folder: Path | None = None) -> None:
        self._shared_folder = shared_folder
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "insights_requests",
            "Requests, by method, route, status and the reason of a refusal.",
            ["method", "route", "status", "reason"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "insights_request_seconds",
            "How long requests took, from the first byte of the app's work to its answer.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._uploads = Counter(
            "insights_uploads",
            "Uploads that were answered, by kind and by what became of them at the edge.",
            ["kind", "outcome"],
            registry=self._registry,
        )
        self._redactions = Counter(
            "insights_redactions",
            "Secrets taken out of texts before these were stored, by kind.",
            ["kind"],
            registry=self._registry,
        )
        self._connections = Gauge(
            "insights_open_connections",
            "Connections that clients hold open, as of each worker's last answer.",
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        # Looking a child up by its labels costs more than counting.
        self._known: dict[tuple[str, str | None, int, str | None], tuple[Counter, Histogram]] = {}

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, _resource: object, _succeeded: bool
    ) -> None:
        """Count a request that is answered."""
        context = req.context
        if (worker := req.env.get(WORKER)) is not None:
            self._connections.set(worker.open_connections)
        what = (req.method, req.uri_template, resp.status_code, context.get("reason"))
        count, seconds = self._known.get(what) or self._children(*what)
        count.inc()
        seconds.observe(context.seconds)
        if "answers" in context:
            self._count_uploads(context.kind, context.answers)

    def _children(
        self, method: str, route: str | None, status: int, reason: str | None
    ) -> tuple[Counter, Histogram]:
        known_method = method if method in METHODS else "other"
        known_route = route or "unknown"
        children = (
            self._requests.labels(known_method, known_route, str(status), reason or ""),
            self._seconds.labels(known_route),
        )
        if known_method == method:
            self._known[method, route, status, reason] = children
        return children

    def _count_uploads(self, kind: str, answers: Iterable[SessionAnswer | PlanAnswer]) -> None:
        for outcome, count in Tally(map(outcome_of, answers)).items():
            self._uploads.labels(kind, outcome).inc(count)

    def redacted(self, kind: str, count: int) -> None:
        """Count secrets that were taken out of a text."""
        self._redactions.labels(kind).inc(count)

    def rendered(self) -> bytes:
        """Everything counted so far, in all processes, as Prometheus reads it."""
        if self._shared_folder is None:
            return generate_latest(self._registry)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody, path=str(self._shared_folder))  # type: ignore[no-untyped-call]
        return generate_latest(everybody)


def outcome_of(answer: SessionAnswer | PlanAnswer) -> str:
    """What became of an upload at the edge, in one word."""
    if answer.upload_id is None:
        return "not_kept"
    return "accepted" if answer.status == "ok" else "quarantined"
