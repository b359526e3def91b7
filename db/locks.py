"""Locks in PostgreSQL that one process holds at a time, and that go with its connection however it ends.

Each is a number that some statements of db/queries have in common. These are all; a new one takes the next:

    715001  migrations_lock             one runner of migrations
    715002  lock_persist, persist_stop  one drain of the inbox, and none while text or a person is removed
    715003  lock_rollups                one recomputation of days
    715004  leader_lock                 one scheduler that rings
    715005  audit_look_lock             with a person's number: one line in the audit log for a page's many parts
    715006  lock_exports                one writer of exports
    715007  lock_run, list_runs_to_enqueue  with a hash: one worker at a due run, which is not enqueued meanwhile
"""

from typing import Self

from db.connection import connect_unpooled, translated
from db.deadline import enforce_deadline
from db.statements import statements

DEADLINE_SECONDS = 5


class Lock:
    """A lock on a connection of its own; leaving the block, or dying in it, gives it up."""

    def __init__(self, url: str, statement: str, **parameters: object) -> None:
        self._text = statements()[statement].text
        self._parameters = parameters
        self._connection = connect_unpooled(url, deadline=DEADLINE_SECONDS)
        self._connection.autocommit = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def is_held(self) -> bool:
        """Take it if it is free, and say whether it is ours; asking again is harmless, for the lock counts."""
        with enforce_deadline(DEADLINE_SECONDS), translated(), self._connection.cursor() as cursor:
            cursor.execute(self._text, self._parameters)
            row = cursor.fetchone()
        return bool(row and row[0])
