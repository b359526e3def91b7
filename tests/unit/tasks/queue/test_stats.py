"""Job figures: what workers record is read back as counts and cumulative histograms."""

from collections.abc import Iterator

import fakeredis
import pytest

from tasks.queue import stats
from tasks.queue.stats import BOUNDS, Run


@pytest.fixture
def client() -> Iterator[fakeredis.FakeStrictRedis]:
    with fakeredis.FakeStrictRedis() as fake:
        yield fake


def read(client: fakeredis.FakeStrictRedis) -> list[stats.JobFigures]:
    return stats.read(client.hgetall(stats.KEY))


def test_without_runs_there_are_no_figures(client: fakeredis.FakeStrictRedis) -> None:
    assert read(client) == []


def test_runs_add_up_by_job_and_outcome(client: fakeredis.FakeStrictRedis) -> None:
    for job, succeeded in (("persist", True), ("persist", True), ("persist", False), ("rollup", True)):
        stats.record(client, Run(job, succeeded, 0.0, 0.0))

    assert [(figures.job, figures.done, figures.failed) for figures in read(client)] == [
        ("persist", 2, 1),
        ("rollup", 1, 0),
    ]


def test_a_bucket_counts_all_runs_up_to_its_bound(client: fakeredis.FakeStrictRedis) -> None:
    for seconds in (0.01, 0.3, 100.0):
        stats.record(client, Run("persist", True, seconds, 0.0))

    [persist] = read(client)
    assert [count for _, count in persist.waited.buckets] == [1, 1, 1, 2, 2, 2, 2, 3]
    assert persist.waited.seconds == pytest.approx(100.31)


def test_buckets_are_cumulative(client: fakeredis.FakeStrictRedis) -> None:
    stats.record(client, Run("persist", True, 5.0, 0.002))

    assert read(client)[0].worked.buckets == [(bound, 1) for bound in BOUNDS]
