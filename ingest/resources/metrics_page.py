"""GET /metrics: what the edge has counted, and what both stores know at this moment, as Prometheus reads it."""

from collections.abc import Iterator
from typing import Protocol

import falcon
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from db import scheduled_runs
from db.connection import Statements
from db.errors import StorageError
from db.uploads.inbox_stats import fetch_inbox_figures
from db.usage import exports
from ingest.http.metrics import Metrics
from ingest.uploads.pipeline import Notifier
from tasks.queue.notifier import QueueFigures


class QueueObserver(Notifier, Protocol):
    """A doorbell that can also tell how the queue is."""

    def figures(self) -> QueueFigures | None:
        """What it knows; None when the queue does not answer."""


class MetricsPage:
    """Needs no key: nothing in it is personal. It belongs inside the house all the same."""

    def __init__(self, metrics: Metrics, database: Statements, queue: QueueObserver) -> None:
        self._metrics = metrics
        self._stores = CollectorRegistry()
        self._stores.register(Stores(database, queue))

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Everything that is known; a store that does not answer only leaves its own figures out."""
        resp.content_type = CONTENT_TYPE_LATEST
        resp.data = self._metrics.rendered() + generate_latest(self._stores)

    on_head = on_get


class Stores(Collector):
    """Asks both stores anew each time."""

    def __init__(self, database: Statements, queue: QueueObserver) -> None:
        self._database = database
        self._queue = queue

    def collect(self) -> Iterator[Metric]:
        """All figures of the stores that answer."""
        up = GaugeMetricFamily("insights_store_up", "Does the store answer?", labels=["store"])
        inbox = list(self._inbox())
        runs = list(self._schedule()) if inbox else []
        queue = self._queue.figures()
        up.add_metric(["postgresql"], bool(inbox))
        up.add_metric(["redis"], queue is not None)
        yield up
        yield from (*inbox, *runs)
        if queue:
            yield from _queue_families(queue)

    def _inbox(self) -> Iterator[Metric]:
        try:
            figures = fetch_inbox_figures(self._database)
        except StorageError:
            return
        yield _gauge("inbox_pending", "Uploads that wait to be stored, counted to 10,000.", figures.pending)
        yield _gauge("inbox_oldest_seconds", "The age of the oldest of them.", figures.oldest_seconds)
        yield _gauge("quarantined", "Uploads in quarantine, counted to 10,000.", figures.quarantined)
        yield _gauge(
            "visible_lag_seconds",
            "How long ago the oldest upload came in that no chart shows yet; 0 when they show everything.",
            figures.invisible_seconds,
        )

    def _schedule(self) -> Iterator[Metric]:
        try:
            runs, stale = (
                scheduled_runs.list_last_ended_runs(self._database),
                exports.count_stale_days(self._database),
            )
        except StorageError:
            return
        ended = GaugeMetricFamily("insights_run_ended_at_seconds", "When a run last ended.", labels=["run"])
        took = GaugeMetricFamily("insights_run_seconds", "How long that run took.", labels=["run"])
        failed = GaugeMetricFamily("insights_run_failed", "Did that run fail?", labels=["run"])
        for run in runs:
            ended.add_metric([run.name], run.finished_at.timestamp())
            took.add_metric([run.name], run.seconds)
            failed.add_metric([run.name], run.outcome == "failed")
        yield from (ended, took, failed)
        yield _gauge("exports_stale_days", "Days whose exported files are not what the rows are.", stale)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"insights_{name}", meaning, value=value)


def _queue_families(queue: QueueFigures) -> Iterator[Metric]:
    yield _gauge("queue_jobs", "Jobs that wait to be run.", queue.waiting)
    yield _gauge("queue_failed_jobs", "Jobs that failed within the last day.", queue.failed)
    runs = CounterMetricFamily("insights_jobs", "Jobs that were run, by outcome.", labels=["job", "outcome"])
    waited = HistogramMetricFamily(
        "insights_job_wait_seconds", "How long jobs waited on the queue.", labels=["job"]
    )
    worked = HistogramMetricFamily("insights_job_seconds", "How long jobs took.", labels=["job"])
    for figures in queue.jobs:
        runs.add_metric([figures.job, "done"], figures.done)
        runs.add_metric([figures.job, "failed"], figures.failed)
        waited.add_metric([figures.job], figures.waited.buckets, figures.waited.seconds)
        worked.add_metric([figures.job], figures.worked.buckets, figures.worked.seconds)
    yield from (runs, waited, worked)
