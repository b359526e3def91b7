"""The worker's job class: it binds the worker's context as first argument, and only to allow-listed functions."""

import inspect
from collections.abc import Iterator
from unittest.mock import sentinel

import fakeredis
import pytest

from tasks.jobs import registry
from tasks.jobs.context import JobContext
from tasks.jobs.schedule import SCHEDULE
from tasks.queue import job_queue
from tasks.worker import ContextJob


@pytest.fixture
def client() -> Iterator[fakeredis.FakeStrictRedis]:
    with fakeredis.FakeStrictRedis() as fake:
        yield fake


def test_a_job_gets_the_context_before_its_own_arguments(
    client: fakeredis.FakeStrictRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[object, ...]] = []

    def record(*arguments: object) -> None:
        calls.append(arguments)

    monkeypatch.setattr(registry, "scheduled", record)
    job = ContextJob.create(job_queue.SCHEDULED, args=["check", "2026-11-20"], connection=client)
    job.context = sentinel.context
    job.perform()

    assert calls == [(sentinel.context, "check", "2026-11-20")]


def test_a_job_that_is_not_listed_gets_no_context(client: fakeredis.FakeStrictRedis) -> None:
    job = ContextJob.create("builtins.repr", connection=client)
    job.context = sentinel.context

    with pytest.raises(ValueError, match="not listed"):
        job.perform()


@pytest.mark.parametrize("name", sorted(job_queue.JOBS))
def test_every_job_takes_the_context_first(name: str) -> None:
    function = getattr(registry, name.rpartition(".")[2])

    assert next(iter(inspect.signature(function).parameters.values())).annotation is JobContext


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_scheduled_task_takes_the_context(name: str) -> None:
    [parameter] = inspect.signature(SCHEDULE[name].run).parameters.values()

    assert parameter.annotation is JobContext
