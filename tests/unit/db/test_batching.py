"""Turns: work goes on as long as there is enough of it, and time."""

import math

import pytest

from db import batching
from db.batching import run_until


@pytest.mark.parametrize(("least", "done"), [(1, 13), (3, 13), (4, 13), (6, 5)])
def test_work_goes_on_until_a_step_finds_less_than_enough(least: int, done: int) -> None:
    steps = iter([5, 5, 3, 0])

    assert run_until(lambda: next(steps), math.inf, least=least) == done


def test_work_ends_with_the_time() -> None:
    assert run_until(lambda: 7, 0) == 7


def test_a_long_step_that_finds_little_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "LONG_SECONDS", 0)
    steps = iter([1, 1, 1, 0])

    assert run_until(lambda: next(steps), math.inf, least=50) == 3
