"""The way of an upload through the edge: checked, cut, redacted, committed to the inbox, and only then answered."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from db.accounts.account_records import Caller
from db.uploads.upload_records import InboxRow
from ingest.http.auth import Authenticator
from ingest.http.concurrency import ConcurrencyLimit
from ingest.http.errors import ApiError
from ingest.redaction.redactor import Redactor
from ingest.uploads.group_commit import GroupCommit
from ingest.uploads.preparation import Answer, Preparation, Prepared, prepare_batch, prepare_one
from ingest.uploads.upload_types import UploadType

#: How often a share level may change under an upload before we ask the client to come back.
MAX_RETRIES = 3
#: Characters of all records of one request. A body of real sessions gives no more than itself; one of very many tiny
#: rows could grow until PostgreSQL has no time to take it.
MAX_RECORD_CHARS = 36 * 1024 * 1024
#: Bytes of a body whose parsing and redaction take milliseconds, which other requests should not wait for.
LARGE = 128 * 1024


class JobNotifier(Protocol):
    """What the edge needs of the queue: to say that there is mail, and to know whether anybody would hear."""

    def notify(self) -> None:
        """Say so; never waits, never fails."""

    def ping(self) -> bool:
        """Does the queue answer?"""


class UploadPipeline:
    """Takes uploads, one or many; an upload is answered only when PostgreSQL has committed it."""

    def __init__(
        self,
        group_commit: GroupCommit,
        authenticator: Authenticator,
        notifier: JobNotifier,
        redactor: Redactor,
        clock: Callable[[], datetime],
        limit: ConcurrencyLimit,
    ) -> None:
        self._group_commit = group_commit
        self._authenticator = authenticator
        self._notifier = notifier
        self._redactor = redactor
        self._clock = clock
        self._limit = limit

    def one(self, kind: UploadType, caller: Caller, body: bytes) -> Answer:
        """Take one upload; raises ApiError for one that can't be used, and then nothing is kept."""
        return self._deliver(kind, caller, body, prepare_one)[0]

    def many(self, kind: UploadType, caller: Caller, body: bytes) -> list[Answer]:
        """Take each item that can be used, and keep the others in quarantine: one never fails the rest."""
        return self._deliver(kind, caller, body, prepare_batch)

    def _deliver(
        self,
        kind: UploadType,
        caller: Caller,
        body: bytes,
        prepare: Callable[[Preparation, bytes], list[Prepared]],
    ) -> list[Answer]:
        """Commit what is prepared for the person's share level; begin anew where the level has changed."""
        for _ in range(MAX_RETRIES):
            preparation = self._preparation(kind, caller)
            if len(body) > LARGE:
                prepared = self._limit.run(caller.account.user_id, prepare, preparation, body)
            else:
                prepared = prepare(preparation, body)
            if not prepared:
                # Nothing is stored, so nothing else would check the key.
                self._authenticator.again(caller)
            if self._commit(caller, [item.incoming for item in prepared if item.incoming]):
                return [item.answer for item in prepared]
            caller = self._authenticator.again(caller)
        raise ApiError("storage_unavailable")

    def _preparation(self, kind: UploadType, caller: Caller) -> Preparation:
        level = caller.account.share_level
        return Preparation(kind, share_level=level, now=self._clock(), redactor=self._redactor)

    def _commit(self, caller: Caller, uploads: list[InboxRow]) -> bool:
        if not uploads:
            return True
        if sum(len(upload.body) for upload in uploads) > MAX_RECORD_CHARS:
            raise ApiError("too_large", "too many rows")
        committed = self._group_commit.receive(caller, uploads)
        if committed:
            self._notifier.notify()
        return committed
