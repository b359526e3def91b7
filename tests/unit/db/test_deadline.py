"""How long a thread waits: the least of what stands around a statement."""

import pytest

from db.deadline import seconds_left, within


@pytest.mark.parametrize(("outer", "inner"), [(1, 60), (60, 1)])
def test_an_inner_deadline_never_outlasts_the_outer_one(outer: float, inner: float) -> None:
    with within(outer), within(inner):
        assert 0.5 < seconds_left() <= 1


def test_the_outer_deadline_holds_again_after_the_inner_one() -> None:
    with within(60):
        with within(1):
            pass
        assert seconds_left() > 50
