"""What was kept long enough: once the time is over nothing more is asked of the database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from db.retention import PERSONAL, Removed, remove


class Silent:
    """A database that nobody may ask."""

    def fetch(self, statement: str, **_parameters: object) -> list[dict[str, Any]]:
        raise AssertionError(f"{statement} was asked")


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_turn_that_is_over_looks_for_nothing_more(kind: str) -> None:
    before = datetime(2026, 5, 28, tzinfo=UTC)
    assert remove(Silent(), kind, before=before, seconds=0) == Removed(0, finished=False)  # type: ignore[arg-type]
