"""Takes uploads from request body to inbox row: parsed, checked, cut to the share level, redacted, committed."""

import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from db.accounts.account_records import Caller
from db.uploads.upload_records import InboxRow
from ingest.http.answers import PlanAnswer, SessionAnswer
from ingest.http.api_errors import ApiError, FieldError
from ingest.http.auth import Authenticator
from ingest.http.large_work import LargeWork
from ingest.http.strict_json import JsonError, parse
from ingest.redaction.redactor import Redactor, TooMuchWork
from ingest.uploads import quarantined_upload
from ingest.uploads.group_commit import GroupCommit
from ingest.uploads.schema import ValidationFailed
from ingest.uploads.upload_types import UploadType

#: How often a share level may change during one upload before the client is asked to come back.
MAX_RETRIES = 3
MAX_ITEMS = 1000
#: Characters of all rows of one request. Bodies of real sessions stay below; very many tiny rows would exceed the time
#: that PostgreSQL has for a statement.
MAX_RECORD_CHARS = 36 * 1024 * 1024
#: Bytes. Parsing and redacting a larger body takes milliseconds, so it runs where it does not block other requests.
LARGE_BODY = 128 * 1024
NOTHING_KEPT = "Nothing was kept: your share level is none."

Answer = SessionAnswer | PlanAnswer
#: What the client is told of an upload, and its row (None: nothing is stored).
ReadUpload = tuple[Answer, InboxRow | None]


class Notifier(Protocol):
    """What ingest needs of the queue."""

    def notify(self) -> None:
        """Announce that uploads are waiting; never waits and never fails."""

    def ping(self) -> bool:
        """Does the queue answer?"""


class UploadPipeline:
    """Receives one upload or a batch; returns answers only after PostgreSQL has committed the rows."""

    def __init__(
        self,
        group_commit: GroupCommit,
        authenticator: Authenticator,
        notifier: Notifier,
        redactor: Redactor,
        clock: Callable[[], datetime],
        large_work: LargeWork,
    ) -> None:
        self._group_commit = group_commit
        self._authenticator = authenticator
        self._notifier = notifier
        self._redactor = redactor
        self._clock = clock
        self._large_work = large_work

    def receive(
        self, upload_type: UploadType, caller: Caller, body: bytes, *, is_batch: bool = False
    ) -> list[Answer]:
        """Store the one upload of a body, or each of a batch; returns an answer for each.

        An invalid item of a batch goes to quarantine. Raises ApiError when a single upload is invalid, when the body
        can't be read, or when the storage is not available; then nothing is stored.
        """
        for _ in range(MAX_RETRIES):
            reader = UploadReader(
                upload_type, caller.account.share_level, self._clock(), self._redactor.for_body()
            )
            prepare = reader.batch if is_batch else reader.single
            try:
                if len(body) > LARGE_BODY:
                    results = self._large_work.run(caller.account.user_id, prepare, body)
                else:
                    results = prepare(body)
            except TooMuchWork:
                raise ApiError("too_large", "too many passages that look like secrets") from None
            rows = [row for _, row in results if row]
            if sum([len(row.body) for row in rows]) > MAX_RECORD_CHARS:
                raise ApiError("too_large", "too many rows")
            if not results:
                # Nothing is stored, so no statement would check the key.
                self._authenticator.reauthenticate(caller)
            if not rows or self._group_commit.receive(caller, rows):
                if rows:
                    self._notifier.notify()
                return [answer for answer, _ in results]
            # The key, the person or the share level has changed since the caller was cached.
            caller = self._authenticator.reauthenticate(caller)
        raise ApiError("storage_unavailable")


class UploadReader:
    """Turns a body into answers and inbox rows, for one type of upload and one share level."""

    def __init__(self, upload_type: UploadType, share_level: str, now: datetime, redactor: Redactor) -> None:
        self._type = upload_type
        self._share_level = share_level
        self._now = now
        self._redactor = redactor

    def single(self, body: bytes) -> list[ReadUpload]:
        """Prepare the one upload of a body; raises ApiError if it is invalid."""
        try:
            return [self._valid(self._type.read(parse(body).raise_for_errors()))]
        except ValidationFailed as invalid:
            raise ApiError("invalid_value", field_errors=invalid.field_errors) from None

    def batch(self, body: bytes) -> list[ReadUpload]:
        """Prepare every item, valid or not; raises ApiError if the body is no list of at most MAX_ITEMS."""
        document = parse(body)
        if not isinstance(document.value, list):
            error = FieldError("", f"must be a list of {self._type.name}s")
            raise ApiError("invalid_value", field_errors=[error])
        if len(document.value) > MAX_ITEMS:
            raise ApiError("too_many_items", f"at most {MAX_ITEMS} items in one batch")
        errors_of_items: dict[int, list[JsonError]] = {}
        for found in document.json_errors:
            # Pointers are relative to the item, as for one that is sent alone.
            errors_of_items.setdefault(int(found.path[0]), []).append(found._replace(path=found.path[1:]))
        return [self._item(item, errors_of_items.get(place, ())) for place, item in enumerate(document.value)]

    def _valid(self, upload: Any) -> ReadUpload:
        """Prepare a checked upload; raises ValidationFailed when its figures contradict each other."""
        if self._share_level == "none":
            name = getattr(upload, self._type.key)
            return self._type.answer("ok", name, None, [NOTHING_KEPT]), None
        name, record, warnings = self._type.record(
            upload, share_level=self._share_level, now=self._now, redactor=self._redactor
        )
        row = InboxRow(upload_id=new_upload_id(), kind=self._type.name, name=name, body=record)
        return self._type.answer("ok", getattr(upload, self._type.key), row.upload_id, warnings), row

    def _item(self, item: Any, errors: Sequence[JsonError]) -> ReadUpload:
        """Prepare an item of a batch, valid or not."""
        if errors:
            return self._invalid(item, errors[0].reason, [error.field_error() for error in errors])
        try:
            return self._valid(self._type.read(item))
        except ValidationFailed as invalid:
            return self._invalid(item, "invalid_value", invalid.field_errors)

    def _invalid(self, item: Any, reason: str, errors: list[FieldError]) -> ReadUpload:
        """Prepare an invalid item for quarantine."""
        name, retained = quarantined_upload.keep(
            self._type, item, errors, share_level=self._share_level, now=self._now, redactor=self._redactor
        )
        if self._share_level == "none":
            return self._type.answer("error", name or None, None, [NOTHING_KEPT], reason, errors), None
        row = InboxRow(
            upload_id=new_upload_id(),
            kind=self._type.name,
            name=name,
            body=retained,
            quarantine_reason=quarantined_upload.reason_text(self._type, reason, errors),
        )
        return self._type.answer("error", name or None, row.upload_id, [], reason, errors), row


def utc_now() -> datetime:
    """Return the time of receipt, in UTC."""
    return datetime.now(UTC)


def new_upload_id() -> str:
    """Return a new UUID of version 7 (RFC 9562, section 5.7): it begins with the milliseconds since 1970.

    So the newest ids lie side by side in the index. The other 74 bits are random: no id can be guessed.
    """
    random_bits = secrets.randbits(76) & ((1 << 76) - 1 - (0b11 << 62))
    return str(uuid.UUID(int=time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | 0b10 << 62 | random_bits))
