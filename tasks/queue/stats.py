"""Job figures: counts and times of jobs, summed in one Redis hash by all workers; they restart when Redis is wiped."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

import redis

KEY = "insights:job_figures"
#: Upper bounds of the histogram buckets in seconds.
BOUNDS = ("0.01", "0.05", "0.1", "0.5", "1", "5", "30", "+Inf")


class Run(NamedTuple):
    """One run of one job."""

    job: str
    succeeded: bool
    #: Seconds in the queue.
    waited: float
    #: Seconds of execution.
    worked: float


class Spread(NamedTuple):
    """A histogram of seconds."""

    #: (upper bound, number of runs up to it), cumulative as in Prometheus.
    buckets: list[tuple[str, int]]
    #: The sum over all runs.
    seconds: float


class JobFigures(NamedTuple):
    """All runs of one job so far."""

    job: str
    done: int
    failed: int
    waited: Spread
    worked: Spread


def record(client: redis.Redis, run: Run) -> None:
    """Add one run to the figures."""
    with client.pipeline(transaction=False) as pipeline:
        pipeline.hincrby(KEY, f"{run.job} {'done' if run.succeeded else 'failed'}", 1)
        for name, seconds in (("waited", run.waited), ("worked", run.worked)):
            bound = BOUNDS[bisect_left(BOUNDS, seconds, key=float)]
            pipeline.hincrby(KEY, f"{run.job} {name} {bound}", 1)
            pipeline.hincrbyfloat(KEY, f"{run.job} {name} seconds", round(seconds, 6))
        pipeline.execute()


def read(fields: Mapping[bytes, bytes]) -> list[JobFigures]:
    """The figures of each job, from the fields of the hash at KEY."""
    values = {name.decode(): float(value) for name, value in fields.items()}

    def spread(name: str) -> Spread:
        counts = accumulate(int(values.get(f"{name} {bound}", 0)) for bound in BOUNDS)
        return Spread(list(zip(BOUNDS, counts, strict=True)), values.get(f"{name} seconds", 0.0))

    return [
        JobFigures(
            job,
            int(values.get(f"{job} done", 0)),
            int(values.get(f"{job} failed", 0)),
            spread(f"{job} waited"),
            spread(f"{job} worked"),
        )
        for job in sorted({name.partition(" ")[0] for name in values})
    ]
