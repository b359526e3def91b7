"""What becomes of one upload at its owner's share level: made ready for the inbox, or for quarantine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from db.records import Incoming
from ingest import quarantine
from ingest.answers import PlanAnswer, SessionAnswer
from ingest.errors import Complaint
from ingest.kinds import Kind
from ingest.payload import Unusable
from ingest.redaction import Redactor
from ingest.strict_json import Fault
from ingest.upload_ids import new_upload_id

NOTHING_KEPT = "Nothing was kept: your share level is none."

Answer = SessionAnswer | PlanAnswer


class Prepared(NamedTuple):
    """One upload made ready: what its sender is told, and what goes into the inbox (None: nothing)."""

    answer: Answer
    incoming: Incoming | None


class Preparation:
    """Prepares uploads of one kind for one share level."""

    def __init__(self, kind: Kind, *, share_level: str, now: datetime, redactor: Redactor) -> None:
        self._kind = kind
        self._share_level = share_level
        self._now = now
        self._redactor = redactor.for_body()

    def usable(self, upload: Any) -> Prepared:
        """Prepare a checked upload; raises Unusable where its figures make no sense together."""
        kind = self._kind
        name = getattr(upload, kind.key)
        if self._share_level == "none":
            return Prepared(kind.answer("ok", name, None, [NOTHING_KEPT]), None)
        record = kind.record(upload, share_level=self._share_level, now=self._now, redactor=self._redactor)
        upload_id = new_upload_id()
        return Prepared(
            kind.answer("ok", name, upload_id, record.warnings),
            Incoming(upload_id=upload_id, kind=kind.name, name=record.name, body=record.body),
        )

    def item(self, item: Any, faults: Sequence[Fault]) -> Prepared:
        """Prepare an item of a batch, whatever it is."""
        if faults:
            # Pointers are told relative to the item, as for one that is sent alone.
            complaints = [fault._replace(way=fault.way[1:]).complaint() for fault in faults]
            return self._unusable(item, faults[0].reason, complaints)
        try:
            return self.usable(self._kind.read(item))
        except Unusable as unusable:
            return self._unusable(item, "invalid_value", unusable.complaints)

    def _unusable(self, item: Any, reason: str, complaints: list[Complaint]) -> Prepared:
        kind = self._kind
        kept = quarantine.keep(
            kind, item, complaints, share_level=self._share_level, now=self._now, redactor=self._redactor
        )
        name = kept.name or None
        if self._share_level == "none":
            return Prepared(kind.answer("error", name, None, [NOTHING_KEPT], reason, complaints), None)
        upload_id = new_upload_id()
        incoming = Incoming(
            upload_id=upload_id,
            kind=kind.name,
            name=kept.name,
            body=kept.body,
            quarantine_reason=quarantine.reason_text(kind, reason, complaints),
        )
        return Prepared(kind.answer("error", name, upload_id, [], reason, complaints), incoming)
