"""How jobs went, added up in Redis by workers wherever they run; a wiped Redis begins anew."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

import redis

KEY = "insights:job_figures"
#: Upper bounds in seconds; the last one holds everything.
BOUNDS = ("0.01", "0.05", "0.1", "0.5", "1", "5", "30", "+Inf")
_UPPER = [float(bound) for bound in BOUNDS[:-1]]


class Run(NamedTuple):
    """One run of one job."""

    job: str
    succeeded: bool
    #: Seconds on the queue, and at work.
    waited: float
    worked: float


class Spread(NamedTuple):
    """How often something took at most so many seconds, bound by bound, and how many seconds it took in all."""

    #: (bound, how often).
    buckets: list[tuple[str, int]]
    seconds: float


class JobFigures(NamedTuple):
    """What one kind of job has done so far."""

    job: str
    done: int
    failed: int
    waited: Spread
    worked: Spread


def note(client: redis.Redis, run: Run) -> None:
    """Add one run."""
    with client.pipeline(transaction=False) as pipeline:
        pipeline.hincrby(KEY, f"{run.job} {'done' if run.succeeded else 'failed'}", 1)
        for what, seconds in (("waited", run.waited), ("worked", run.worked)):
            bound = BOUNDS[bisect_left(_UPPER, seconds)]
            pipeline.hincrby(KEY, f"{run.job} {what} {bound}", 1)
            pipeline.hincrbyfloat(KEY, f"{run.job} {what} seconds", round(seconds, 6))
        pipeline.execute()


def read(fields: Mapping[bytes, bytes]) -> list[JobFigures]:
    """The figures of each job, from what the hash at KEY holds."""
    figures = {name.decode(): float(value) for name, value in fields.items()}
    jobs = sorted({name.partition(" ")[0] for name in figures})
    return [
        JobFigures(
            job,
            int(figures.get(f"{job} done", 0)),
            int(figures.get(f"{job} failed", 0)),
            _spread(figures, f"{job} waited"),
            _spread(figures, f"{job} worked"),
        )
        for job in jobs
    ]


def _spread(figures: dict[str, float], name: str) -> Spread:
    counts = accumulate(int(figures.get(f"{name} {bound}", 0)) for bound in BOUNDS)
    return Spread(list(zip(BOUNDS, counts, strict=True)), figures.get(f"{name} seconds", 0.0))
