"""Large bodies of one person take turns, and nobody else waits for them."""

import threading

import pytest

from ingest.http.concurrency import MAX_PER_PERSON, ConcurrencyLimit
from ingest.http.errors import ApiError

ALICE, BOB = 1, 2
PATIENCE_SECONDS = 10


class Worker(threading.Thread):
    """Takes a turn, and keeps it until it is told to end."""

    def __init__(self, limit: ConcurrencyLimit, user_id: int) -> None:
        super().__init__(daemon=True)
        self.limit, self.user_id = limit, user_id
        self.has_turn, self.may_end = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.limit.turn(self.user_id):
            self.has_turn.set()
            self.may_end.wait(PATIENCE_SECONDS)


def test_one_person_has_one_turn_at_a_time() -> None:
    limit = ConcurrencyLimit()
    first = Worker(limit, ALICE)
    assert first.has_turn.wait(PATIENCE_SECONDS)
    second = Worker(limit, ALICE)
    assert not second.has_turn.wait(0.05)

    first.may_end.set()

    assert second.has_turn.wait(PATIENCE_SECONDS)
    second.may_end.set()


def test_another_person_waits_for_nobody() -> None:
    limit = ConcurrencyLimit()
    workers = [Worker(limit, ALICE) for _ in range(MAX_PER_PERSON)]

    with limit.turn(BOB):
        pass

    for worker in workers:
        worker.may_end.set()


def test_too_many_of_one_person_are_told_to_come_again() -> None:
    limit = ConcurrencyLimit(max_per_person=1)

    with limit.turn(ALICE), pytest.raises(ApiError) as refused, limit.turn(ALICE):
        pass

    assert (refused.value.reason, refused.value.headers["Retry-After"]) == ("rate_limited", "2")


def test_a_turn_that_failed_is_over() -> None:
    limit = ConcurrencyLimit(max_per_person=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limit.turn(ALICE):
            raise ZeroDivisionError
