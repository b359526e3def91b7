"""A key's allowance: a minute's worth at once, then evenly, each key for itself."""

import threading

import pytest

from ingest.http.auth import RateLimiter

ALICE, BOB = b"alice's", b"bob's"


class Clock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def passed(limiter: RateLimiter, key: bytes, tries: int) -> int:
    return sum(limiter.seconds_to_wait(key) == 0 for _ in range(tries))


@pytest.mark.parametrize("per_minute", [1, 7, 60, 6000])
def test_a_minutes_worth_may_come_at_once_and_no_more(clock: Clock, per_minute: int) -> None:
    assert passed(RateLimiter(per_minute, clock=clock), ALICE, per_minute + 20) == per_minute


def test_what_was_used_comes_back_evenly(clock: Clock) -> None:
    limiter = RateLimiter(60, clock=clock)
    passed(limiter, ALICE, 60)

    clock.now += 3
    assert passed(limiter, ALICE, 10) == 3
    clock.now += 120
    assert passed(limiter, ALICE, 100) == 60


@pytest.mark.parametrize(("per_minute", "seconds"), [(6000, 1), (60, 1), (20, 3), (1, 60)])
def test_who_waits_as_long_as_told_may_pass(clock: Clock, per_minute: int, seconds: int) -> None:
    limiter = RateLimiter(per_minute, clock=clock)
    passed(limiter, ALICE, per_minute)
    assert limiter.seconds_to_wait(ALICE) == seconds

    clock.now += seconds
    assert limiter.seconds_to_wait(ALICE) == 0


def test_asking_in_vain_makes_no_wait_longer(clock: Clock) -> None:
    limiter = RateLimiter(1, clock=clock)
    passed(limiter, ALICE, 1000)

    clock.now += 60
    assert limiter.seconds_to_wait(ALICE) == 0


def test_one_key_never_uses_up_anothers_allowance(clock: Clock) -> None:
    limiter = RateLimiter(5, clock=clock)
    passed(limiter, ALICE, 100)

    assert passed(limiter, BOB, 100) == 5


def test_zero_is_no_limit(clock: Clock) -> None:
    assert passed(RateLimiter(0, clock=clock), ALICE, 10_000) == 10_000


def test_keys_without_number_take_bounded_memory_and_the_busiest_stay_known(clock: Clock) -> None:
    limiter = RateLimiter(100, clock=clock, most_keys=50)
    passed(limiter, ALICE, 100)
    for number in range(500):
        limiter.seconds_to_wait(str(number).encode())

    assert len(limiter._whole_at) <= 50
    assert limiter.seconds_to_wait(ALICE) == 1


def test_threads_together_get_no_more_than_one(clock: Clock) -> None:
    limiter, counts = RateLimiter(1000, clock=clock), []
    threads = [threading.Thread(target=lambda: counts.append(passed(limiter, ALICE, 500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 1000
