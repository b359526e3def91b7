"""What was kept long enough: a turn's time is for what goes, and once it is over nothing more is asked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from db.batching import TimeBudget
from db.lifecycle.retention import PERSONAL, Removed, apply_retention

BEFORE = datetime(2026, 5, 28, tzinfo=UTC)


class Silent:
    """A database that nobody may ask."""

    def fetch(self, statement: str, **_parameters: object) -> list[dict[str, Any]]:
        raise AssertionError(f"{statement} was asked")


class Sluggish:
    """A database in which one person has something to let go, and each look for it takes ten seconds."""

    def __init__(self, clock: list[float]) -> None:
        self._clock = clock
        self.steps = 0

    def fetch(self, _statement: str, **_parameters: object) -> list[dict[str, Any]]:
        self._clock[0] += 10
        return [{"user_id": 1}]

    @contextmanager
    def transaction(self, *, deadline: float) -> Iterator["Sluggish"]:
        assert deadline > 0
        yield self

    def execute(self, _statement: str, *, limit: int = 0, **_parameters: object) -> int:
        self.steps += limit > 0
        return 0


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_turn_that_is_over_looks_for_nothing_more(kind: str) -> None:
    assert apply_retention(Silent(), kind, before=BEFORE, span=TimeBudget(0)) == Removed(0, finished=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", PERSONAL)
def test_however_long_a_look_takes_a_step_follows_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    database = Sluggish(clock)

    assert apply_retention(database, kind, before=BEFORE, span=TimeBudget(1)) == Removed(0, finished=True)  # type: ignore[arg-type]
    assert database.steps == len(PERSONAL[kind])


def test_only_looking_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    span = TimeBudget(1)
    with span.paused():
        clock[0] += 10
    assert not span.is_over()

    clock[0] += 1
    assert span.is_over()
