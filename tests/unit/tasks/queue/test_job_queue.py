"""The queue: pending jobs are not enqueued twice, none carries data, and only allow-listed functions run."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import fakeredis
import pytest

from tasks.jobs import registry
from tasks.queue import job_queue
from tasks.queue.notifier import JobNotifier


@pytest.fixture
def client() -> Iterator[fakeredis.FakeStrictRedis]:
    with fakeredis.FakeStrictRedis() as fake:
        yield fake


def test_enqueueing_twice_requests_one_run(client: fakeredis.FakeStrictRedis) -> None:
    assert job_queue.enqueue_once(client, job_queue.PERSIST)
    assert not job_queue.enqueue_once(client, job_queue.PERSIST)
    assert job_queue.queue(client).count == 1


def test_work_that_arrives_after_a_run_began_is_enqueued_again(client: fakeredis.FakeStrictRedis) -> None:
    job_queue.enqueue_once(client, job_queue.PERSIST)
    job_queue.clear_pending(client, job_queue.PERSIST)

    assert job_queue.enqueue_once(client, job_queue.PERSIST)


def test_a_job_carries_no_data(client: fakeredis.FakeStrictRedis) -> None:
    job_queue.enqueue_once(client, job_queue.PERSIST)

    [job] = job_queue.queue(client).jobs
    assert (job.args, job.kwargs, job.description) == ([], {}, job_queue.PERSIST)


def test_a_job_enqueued_again_waits_once(client: fakeredis.FakeStrictRedis) -> None:
    for _ in range(3):
        job_queue.enqueue(client, job_queue.SCHEDULED, "check", job_id="check-1")

    assert job_queue.queue(client).job_ids == ["check-1"]


def test_the_job_timeout_is_below_the_worker_expiry() -> None:
    assert job_queue.JOB_TIMEOUT_SECONDS < 3600 / 2


@pytest.mark.parametrize(
    "name", ["os.system", "subprocess.call", "tasks.jobs.registry.SCHEDULE", "builtins.eval"]
)
def test_a_function_that_is_not_listed_is_refused(client: fakeredis.FakeStrictRedis, name: str) -> None:
    job = job_queue.AllowlistedJob.create(name, args=["true"], connection=client)

    with pytest.raises(ValueError, match="not listed"):
        _ = job.func


@pytest.mark.parametrize("name", sorted(job_queue.JOBS))
def test_every_listed_job_exists(client: fakeredis.FakeStrictRedis, name: str) -> None:
    job = job_queue.AllowlistedJob.create(name, connection=client)

    assert job.func is getattr(registry, name.rpartition(".")[2])


def test_callbacks_named_in_redis_are_never_run(client: fakeredis.FakeStrictRedis) -> None:
    job = job_queue.AllowlistedJob.create(job_queue.PERSIST, connection=client)
    job._success_callback_name = "os.system"

    assert job.success_callback is None


def test_an_instance_named_in_redis_is_never_called(client: fakeredis.FakeStrictRedis) -> None:
    job = job_queue.AllowlistedJob.create(job_queue.PERSIST, connection=client)
    job._instance = "something with a method"

    with pytest.raises(ValueError, match="not listed"):
        _ = job.func


def test_a_notifier_whose_thread_died_starts_another(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueued: list[str] = []

    def fail_once(_client: object, job: str) -> None:
        enqueued.append(job)
        if len(enqueued) == 1:
            raise RuntimeError

    monkeypatch.setattr("tasks.queue.notifier.enqueue_once", fail_once)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    with closing(JobNotifier("unix:///nowhere/at/all.sock")) as notifier:
        while len(enqueued) < 2:
            notifier.notify()
            time.sleep(0.01)

    assert enqueued[:2] == [job_queue.PERSIST] * 2


def test_notify_works_without_redis() -> None:
    notifier = JobNotifier("unix:///nowhere/at/all.sock")

    notifier.notify()

    assert not notifier.ping()
    notifier.close()


def test_figures_are_none_when_redis_does_not_answer() -> None:
    with closing(JobNotifier("unix:///nowhere/at/all.sock")) as notifier:
        assert notifier.figures() is None


def test_nothing_is_enqueued_during_a_cooldown(client: fakeredis.FakeStrictRedis) -> None:
    job_queue.cooldown(client, job_queue.PERSIST, 60)

    assert not job_queue.enqueue_once(client, job_queue.PERSIST)
    assert job_queue.enqueue_once(client, job_queue.ROLLUP)


def test_a_cooldown_expires(client: fakeredis.FakeStrictRedis) -> None:
    job_queue.cooldown(client, job_queue.PERSIST, 0.1)

    assert 0 < client.pttl("insights:pending:tasks.jobs.registry.persist") <= 100


@pytest.mark.parametrize("days", [3, 400])
def test_a_cooldown_that_a_clock_jump_made_days_long_is_ignored(
    client: fakeredis.FakeStrictRedis, days: int
) -> None:
    job_queue.cooldown(client, job_queue.PERSIST, days * 24 * 3600)

    assert job_queue.enqueue_once(client, job_queue.PERSIST)
    assert not job_queue.enqueue_once(client, job_queue.PERSIST)
    assert job_queue.queue(client).count == 1


def test_a_request_that_was_not_enqueued_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    succeeded = threading.Event()
    answers = iter([False, True])

    def enqueue(_client: object, _job: str) -> bool:
        answer = next(answers)
        if answer:
            succeeded.set()
        return answer

    monkeypatch.setattr("tasks.queue.notifier.enqueue_once", enqueue)
    with closing(JobNotifier("redis://127.0.0.1:1/0")) as notifier:
        notifier.notify()
        assert succeeded.wait(10)
