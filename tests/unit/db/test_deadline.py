"""How long a thread waits: the least of what stands around a statement."""

import pytest

from db.deadline import enforce_deadline, remaining


@pytest.mark.parametrize(("outer", "inner"), [(1, 60), (60, 1)])
def test_an_inner_deadline_never_outlasts_the_outer_one(outer: float, inner: float) -> None:
    with enforce_deadline(outer), enforce_deadline(inner):
        assert 0.5 < remaining() <= 1


def test_the_outer_deadline_holds_again_after_the_inner_one() -> None:
    with enforce_deadline(60):
        with enforce_deadline(1):
            pass
        assert remaining() > 50
