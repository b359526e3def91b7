"""Work on large bodies of one person runs one after the other, and nobody else waits for it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ingest.http.api_errors import ApiError
from ingest.http.large_work import MAX_WAITING, LargeWork

ALICE, BOB = 1, 2
WAIT_SECONDS = 10


def blocked(
    pool: ThreadPoolExecutor, large: LargeWork
) -> tuple[threading.Event, threading.Event, Future[None]]:
    """Work of Alice: set when it runs, to be set so that it ends, and its outcome."""
    runs, may_end = threading.Event(), threading.Event()

    def work() -> None:
        runs.set()
        assert may_end.wait(WAIT_SECONDS)

    return runs, may_end, pool.submit(large.run, ALICE, work)


def test_work_of_one_person_runs_one_after_the_other() -> None:
    large = LargeWork()
    with ThreadPoolExecutor(2) as pool:
        first_runs, first_may_end, _ = blocked(pool, large)
        assert first_runs.wait(WAIT_SECONDS)
        second_runs, second_may_end, _ = blocked(pool, large)
        assert not second_runs.wait(0.05)

        first_may_end.set()

        assert second_runs.wait(WAIT_SECONDS)
        second_may_end.set()


def test_another_person_does_not_wait() -> None:
    large = LargeWork()
    with ThreadPoolExecutor(1 + MAX_WAITING) as pool:
        pending = [blocked(pool, large) for _ in range(1 + MAX_WAITING)]

        assert large.run(BOB, str, 5) == "5"

        for _, may_end, _ in pending:
            may_end.set()


def test_too_much_work_of_one_person_is_refused() -> None:
    large = LargeWork(max_waiting=0)
    with ThreadPoolExecutor(1) as pool:
        runs, may_end, _ = blocked(pool, large)
        assert runs.wait(WAIT_SECONDS)

        with pytest.raises(ApiError) as refused:
            large.run(ALICE, str)

        may_end.set()
    assert (refused.value.reason, refused.value.headers["Retry-After"]) == ("rate_limited", "2")


def test_work_that_failed_leaves_room_for_the_next() -> None:
    large = LargeWork(max_waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            large.run(ALICE, divmod, 1, 0)
