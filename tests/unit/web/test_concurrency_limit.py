"""One limit for both web apps: slots for each key and in all, with or without waiting."""

import threading

import pytest

from web.concurrency_limit import ConcurrencyLimit, LimitExceeded

ALICE, BOB = 1, 2
TIMEOUT_SECONDS = 10


class Holder(threading.Thread):
    """Takes a slot and keeps it until told to release it."""

    def __init__(self, limit: ConcurrencyLimit, key: int) -> None:
        super().__init__(daemon=True)
        self.limit, self.key = limit, key
        self.has_slot, self.may_end = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.limit.slot(self.key):
            self.has_slot.set()
            self.may_end.wait(TIMEOUT_SECONDS)


def test_a_key_runs_one_at_a_time_while_the_next_one_waits() -> None:
    limit = ConcurrencyLimit(1, max_waiting=7)
    first = Holder(limit, ALICE)
    assert first.has_slot.wait(TIMEOUT_SECONDS)
    second = Holder(limit, ALICE)
    assert not second.has_slot.wait(0.05)

    first.may_end.set()

    assert second.has_slot.wait(TIMEOUT_SECONDS)
    second.may_end.set()


def test_another_key_does_not_wait() -> None:
    limit = ConcurrencyLimit(1, max_waiting=7)
    holders = [Holder(limit, ALICE) for _ in range(8)]

    with limit.slot(BOB):
        pass

    for holder in holders:
        holder.may_end.set()


def test_a_slot_is_refused_when_too_many_wait() -> None:
    limit = ConcurrencyLimit(1, max_waiting=1)
    holders = [Holder(limit, ALICE)]
    assert holders[0].has_slot.wait(TIMEOUT_SECONDS)
    holders.append(Holder(limit, ALICE))
    assert not holders[1].has_slot.wait(0.05)

    with pytest.raises(LimitExceeded), limit.slot(ALICE):
        pass

    for holder in holders:
        holder.may_end.set()


def test_without_waiting_each_key_and_all_together_are_bounded() -> None:
    limit = ConcurrencyLimit(2, 3)
    limit.acquire(ALICE)
    limit.acquire(ALICE)
    with pytest.raises(LimitExceeded):
        limit.acquire(ALICE)
    limit.acquire(BOB)
    with pytest.raises(LimitExceeded):
        limit.acquire(BOB)

    limit.release(ALICE)

    limit.acquire(BOB)


def test_a_slot_is_released_when_the_work_fails() -> None:
    limit = ConcurrencyLimit(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limit.slot(ALICE):
            raise ZeroDivisionError
