"""Prefer: wait=N: what is a wish to wait, and when the waiting ends."""

import threading
from collections import deque

import pytest

from db.errors import StorageUnavailable
from ingest.resources.prefer_wait import SEATS, Waiting, wished_seconds

IDS = ["a", "b"]


class BatchHandler:
    """A database whose uploads are in other states each time somebody asks; the last ones stay."""

    def __init__(self, *states: dict[str, int] | Exception) -> None:
        self.states = deque(states)
        self.asked: list[dict[str, object]] = []

    def fetch(self, statement: str, **parameters: object) -> list[dict[str, object]]:
        """Play the one statement that waiting needs."""
        self.asked.append({"statement": statement} | parameters)
        now = self.states[0] if len(self.states) == 1 else self.states.popleft()
        if isinstance(now, Exception):
            raise now
        return [{"state": state, "uploads": count} for state, count in now.items()]


class Hourglass:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.pauses.append(seconds)
        self.now += seconds


def watched(mail: BatchHandler, glass: Hourglass, *, seats: int = 1, seconds: float = 5) -> bool:
    waiting = Waiting(mail, threading.Semaphore(seats), sleep=glass.sleep, clock=lambda: glass.now)  # type: ignore[arg-type]
    return waiting.until_stored(7, IDS, seconds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("wait=5", 5),
        ("WAIT = 5", 5),
        ("respond-async, wait=5", 5),
        ("wait=5;strict, respond-async", 5),
        ("wait=3, wait=7", 3),
        ("wait=10", 10),
        ("wait=11", 10),
        ("wait=999999999999999999", 10),
        ("wait=0", 0),
        ("wait", 0),
        ("wait=", 0),
        ("wait=-5", 0),
        ("wait=2.5", 0),
        ("wait=soon", 0),
        ("wait=soon, wait=4", 4),
        ("waiting=5", 0),
        ('foo="a, wait=9"', 0),
        ('foo="a, wait=9", wait=2', 2),
        ('foo="never closed, wait=9', 0),
        ("wait=\u0665", 0),
        (",,;,=", 0),
        ("wait=" + "9" * 8000, 0),
    ],
)
def test_a_wish_to_wait_is_found_among_others(header: str | None, seconds: int) -> None:
    assert wished_seconds(header) == seconds


def test_waiting_ends_when_all_are_stored() -> None:
    mail, glass = (
        BatchHandler({"pending": 2}, {"persisted": 1, "pending": 1}, {"persisted": 1, "repeated": 1}),
        Hourglass(),
    )

    assert watched(mail, glass)
    assert len(mail.asked) == 3


def test_all_are_asked_for_with_one_statement_as_their_owners() -> None:
    mail = BatchHandler({"persisted": 2})
    watched(mail, Hourglass())

    assert mail.asked == [{"statement": "list_upload_states", "user_id": 7, "upload_ids": IDS}]


def test_the_pauses_grow_and_end_with_the_time() -> None:
    glass = Hourglass()

    assert not watched(BatchHandler({"pending": 2}), glass, seconds=10)
    assert (glass.pauses[0], max(glass.pauses)) == (0.03, 0.5)
    assert glass.now == pytest.approx(110)


@pytest.mark.parametrize(
    "states", [{"quarantined": 1, "pending": 1}, {"discarded": 2}, {"persisted": 1}, {}, {"quarantined": 2}]
)
def test_what_can_no_longer_be_stored_is_not_waited_for(states: dict[str, int]) -> None:
    glass = Hourglass()

    assert not watched(BatchHandler(states), glass)
    assert len(glass.pauses) == 1


def test_a_database_that_fails_ends_the_waiting_quietly() -> None:
    glass = Hourglass()

    assert not watched(BatchHandler({"pending": 2}, StorageUnavailable("down")), glass)
    assert len(glass.pauses) == 2


def test_a_process_that_stops_keeps_nobody_waiting() -> None:
    glass = Hourglass()
    waiting = Waiting(
        BatchHandler({"pending": 2}), threading.Semaphore(), sleep=glass.sleep, clock=lambda: glass.now
    )  # type: ignore[arg-type]

    assert not waiting.until_stored(7, IDS, 10, is_stopping=lambda: glass.now > 101)
    assert glass.now < 102


def test_without_a_free_seat_nobody_waits() -> None:
    mail = BatchHandler({"persisted": 2})

    assert not watched(mail, Hourglass(), seats=0)
    assert mail.asked == []


@pytest.mark.parametrize(
    "states", [{"persisted": 2}, {"pending": 2}, {"quarantined": 2}, StorageUnavailable("down")]
)
def test_a_seat_is_free_again_however_the_waiting_ended(states: dict[str, int] | Exception) -> None:
    seats, glass = threading.BoundedSemaphore(SEATS), Hourglass()
    waiting = Waiting(BatchHandler(states), seats, sleep=glass.sleep, clock=lambda: glass.now)  # type: ignore[arg-type]
    for _ in range(SEATS + 1):
        waiting.until_stored(7, IDS, 1)

    assert all(seats.acquire(blocking=False) for _ in range(SEATS))
