"""The way of an upload through the edge: checked, cut, redacted, committed to the inbox, and only then answered."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from db import inbox
from db.connection import Statements
from db.records import Caller, Incoming
from ingest import quarantine
from ingest.auth import Door
from ingest.errors import Complaint, Refusal
from ingest.payload import SessionUpload, Unusable, read_session
from ingest.record import session_record
from ingest.redaction import Redactor
from ingest.strict_json import Document, Fault

NOTHING_KEPT = "Nothing was kept: your share level is none."
#: How often a share level may change under an upload before we ask the client to come back.
TRIES = 3


class Doorbell(Protocol):
    """What the edge needs of the queue: to say that there is mail, and to know whether anybody would hear."""

    def ring(self) -> None:
        """Say so; never waits, never fails."""

    def ping(self) -> bool:
        """Does the queue answer?"""


class Prepared(NamedTuple):
    """One upload made ready: what its sender is told, and what goes into the inbox (None: nothing)."""

    answer: dict[str, Any]
    incoming: Incoming | None


class Intake:
    """Takes uploads of sessions, one or many; an upload is answered only when PostgreSQL has committed it."""

    def __init__(
        self,
        database: Statements,
        door: Door,
        doorbell: Doorbell,
        redactor: Redactor,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._door = door
        self._doorbell = doorbell
        self._redactor = redactor
        self._clock = clock

    def session(self, caller: Caller, document: Document) -> dict[str, Any]:
        """Take one session; raises Refusal for one that can't be used, and then nothing is kept."""
        try:
            upload = read_session(document.sound())
            return self._deliver(caller, lambda level: [self._prepared(upload, level)])[0]
        except Unusable as unusable:
            raise Refusal("invalid_value", complaints=unusable.complaints) from None

    def sessions(self, caller: Caller, items: list[Any], faults: Sequence[Fault]) -> list[dict[str, Any]]:
        """Take each item that can be used, and keep the others in quarantine: one never fails the rest."""
        faulty: dict[int, list[Fault]] = {}
        for fault in faults:
            faulty.setdefault(int(fault.way[0]), []).append(fault)
        return self._deliver(
            caller,
            lambda level: [
                self._item(item, faulty.get(place, []), level) for place, item in enumerate(items)
            ],
        )

    def _deliver(self, caller: Caller, prepare: Callable[[str], list[Prepared]]) -> list[dict[str, Any]]:
        """Commit what `prepare` makes for the person's share level; begin anew where the level has changed."""
        for _ in range(TRIES):
            prepared = prepare(caller.account.share_level)
            if self._commit(caller, [item.incoming for item in prepared if item.incoming]):
                return [item.answer for item in prepared]
            caller = self._door.again(caller)
        raise Refusal("storage_unavailable")

    def _commit(self, caller: Caller, uploads: list[Incoming]) -> bool:
        if not uploads:
            return True
        committed = inbox.receive(self._database, caller, uploads)
        if committed:
            self._doorbell.ring()
        return committed

    def _prepared(self, upload: SessionUpload, share_level: str) -> Prepared:
        answer = {
            "status": "ok",
            "session_id": upload.session_id,
            "upload_id": None,
            "warnings": [NOTHING_KEPT],
        }
        if share_level == "none":
            return Prepared(answer, None)
        record = session_record(
            upload, share_level=share_level, now=self._clock(), redactor=self._redactor
        )
        upload_id = str(uuid.uuid4())
        return Prepared(
            answer | {"upload_id": upload_id, "warnings": record.warnings},
            Incoming(upload_id=upload_id, kind="session", name=upload.session_id, body=record.body),
        )

    def _item(self, item: Any, faults: Sequence[Fault], share_level: str) -> Prepared:
        if faults:
            # Pointers are told relative to the item, as for one that is sent alone.
            complaints = [fault._replace(way=fault.way[1:]).complaint() for fault in faults]
            return self._refused(item, faults[0].reason, complaints, share_level)
        try:
            return self._prepared(read_session(item), share_level)
        except Unusable as unusable:
            return self._refused(item, "invalid_value", unusable.complaints, share_level)

    def _refused(self, item: Any, reason: str, complaints: list[Complaint], share_level: str) -> Prepared:
        kept = quarantine.keep(
            item, complaints, share_level=share_level, now=self._clock(), redactor=self._redactor
        )
        answer = {
            "status": "error",
            "session_id": kept.name or None,
            "upload_id": None,
            "warnings": [],
            "reason": reason,
            "errors": complaints,
        }
        if share_level == "none":
            return Prepared(answer | {"warnings": [NOTHING_KEPT]}, None)
        upload_id = str(uuid.uuid4())
        return Prepared(
            answer | {"upload_id": upload_id},
            Incoming(
                upload_id=upload_id,
                kind="session",
                name=kept.name,
                body=kept.body,
                quarantine_reason=quarantine.reason_text(reason, complaints),
            ),
        )
