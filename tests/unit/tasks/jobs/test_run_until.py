"""`run_until`: a step is repeated while it finds enough work and there is time."""

import math

import pytest

from tasks.jobs import run_until


@pytest.mark.parametrize(("minimum", "done"), [(1, 13), (3, 13), (4, 13), (6, 5)])
def test_steps_are_repeated_until_one_finds_too_little(minimum: int, done: int) -> None:
    steps = iter([5, 5, 3, 0])

    assert run_until.run_until(lambda: next(steps), math.inf, minimum=minimum) == done


def test_work_ends_with_the_time() -> None:
    assert run_until.run_until(lambda: 7, 0) == 7


def test_a_long_step_that_finds_little_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_until, "LONG_STEP_SECONDS", 0)
    steps = iter([1, 1, 1, 0])

    assert run_until.run_until(lambda: next(steps), math.inf, minimum=50) == 3
