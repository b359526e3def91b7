"""Advisory locks in PostgreSQL that one process holds at a time; they end with its connection.

Each lock is a number that its statements in db/queries share. A new lock takes the next number:

    715001  migrations_lock             one runner of migrations
    715002  lock_persist, persist_stop  one persist job, and none while text or a user is removed
    715003  lock_rollups                one recomputation of the rollups
    715004  leader_lock                 one active scheduler
    715005  audit_view_lock             with a user id: one audit entry for the parallel requests of a page
    715006  lock_exports                one writer of exports
    715007  lock_run, list_runs_to_enqueue  with a hash: one worker per due run, which is not enqueued meanwhile
"""

from typing import Self

from db.connection import connect_unpooled, translated
from db.deadline import enforce_deadline
from db.statements import statements

DEADLINE_SECONDS = 5


class Lock:
    """A lock on its own connection; closing the connection releases it, also after a crash."""

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
        """Take the lock if it is free, and return whether this process holds it; safe to call again."""
        with enforce_deadline(DEADLINE_SECONDS), translated(), self._connection.cursor() as cursor:
            cursor.execute(self._text, self._parameters)
            row = cursor.fetchone()
        return bool(row and row[0])
