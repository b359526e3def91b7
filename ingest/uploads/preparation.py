"""What becomes of one upload at its owner's share level: made ready for the inbox, or for quarantined_upload."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from db.records import Incoming
from ingest.http.errors import Complaint, Refusal
from ingest.http.strict_json import Fault, parse
from ingest.redaction.redactor import Redactor
from ingest.resources.answers import PlanAnswer, SessionAnswer
from ingest.uploads import quarantined_upload
from ingest.uploads.schema import Unusable
from ingest.uploads.upload_ids import new_upload_id
from ingest.uploads.upload_types import Kind

MAX_ITEMS = 1000
NOTHING_KEPT = "Nothing was kept: your share level is none."

Answer = SessionAnswer | PlanAnswer


class Prepared(NamedTuple):
    """One upload made ready: what its sender is told, and what goes into the inbox (None: nothing)."""

    answer: Answer
    incoming: Incoming | None


class Preparation:
    """Prepares uploads of one kind for one share level."""

    def __init__(self, kind: Kind, *, share_level: str, now: datetime, redactor: Redactor) -> None:
        self.kind = kind
        self._share_level = share_level
        self._now = now
        self._redactor = redactor.for_body()

    def usable(self, upload: Any) -> Prepared:
        """Prepare a checked upload; raises Unusable where its figures make no sense together."""
        kind = self.kind
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
            return self.usable(self.kind.read(item))
        except Unusable as unusable:
            return self._unusable(item, "invalid_value", unusable.complaints)

    def _unusable(self, item: Any, reason: str, complaints: list[Complaint]) -> Prepared:
        kind = self.kind
        kept = quarantined_upload.keep(
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
            quarantine_reason=quarantined_upload.reason_text(kind, reason, complaints),
        )
        return Prepared(kind.answer("error", name, upload_id, [], reason, complaints), incoming)


def prepare_one(preparation: Preparation, body: bytes) -> list[Prepared]:
    """The one upload of a body; raises Refusal if it can't be used."""
    try:
        return [preparation.usable(preparation.kind.read(parse(body).sound()))]
    except Unusable as unusable:
        raise Refusal("invalid_value", complaints=unusable.complaints) from None


def prepare_batch(preparation: Preparation, body: bytes) -> list[Prepared]:
    """Every item of a body, usable or not; raises Refusal if the body is no list of at most MAX_ITEMS."""
    document = parse(body)
    if not isinstance(document.value, list):
        complaint = Complaint("", f"must be a list of {preparation.kind.name}s")
        raise Refusal("invalid_value", complaints=[complaint])
    if len(document.value) > MAX_ITEMS:
        raise Refusal("too_many_items", f"at most {MAX_ITEMS} items in one batch")
    faulty: dict[int, list[Fault]] = {}
    for fault in document.faults:
        faulty.setdefault(int(fault.way[0]), []).append(fault)
    return [preparation.item(item, faulty.get(place, [])) for place, item in enumerate(document.value)]
