"""Locks in PostgreSQL that one process holds at a time, and that go with its connection however it ends."""

from typing import Self

from db.connection import connect_alone
from db.errors import translated
from db.patience import within
from db.statements import statements

DEADLINE_SECONDS = 5


class Lock:
    """A lock on a connection of its own; leaving the block, or dying in it, gives it up."""

    def __init__(self, url: str, statement: str, **parameters: object) -> None:
        self._text = statements()[statement].text
        self._parameters = parameters
        self._connection = connect_alone(url, deadline=DEADLINE_SECONDS)
        self._connection.autocommit = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def is_held(self) -> bool:
        """Take it if it is free, and say whether it is ours; asking again is harmless, for the lock counts."""
        with within(DEADLINE_SECONDS), translated(), self._connection.cursor() as cursor:
            cursor.execute(self._text, self._parameters)
            row = cursor.fetchone()
        return bool(row and row[0])
