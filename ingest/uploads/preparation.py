"""What becomes of one upload at its owner's share level: made ready for the inbox, or for quarantined_upload."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from db.uploads.upload_records import InboxRow
from ingest.http.answers import PlanAnswer, SessionAnswer
from ingest.http.errors import ApiError, FieldError
from ingest.http.strict_json import JsonError, parse
from ingest.redaction.redactor import Redactor
from ingest.uploads import quarantined_upload
from ingest.uploads.schema import ValidationFailed
from ingest.uploads.upload_ids import new_upload_id
from ingest.uploads.upload_types import UploadType

MAX_ITEMS = 1000
NOTHING_KEPT = "Nothing was kept: your share level is none."

Answer = SessionAnswer | PlanAnswer


class Prepared(NamedTuple):
    """One upload made ready: what its sender is told, and what goes into the inbox (None: nothing)."""

    answer: Answer
    incoming: InboxRow | None


class Preparation:
    """Prepares uploads of one kind for one share level."""

    def __init__(self, kind: UploadType, *, share_level: str, now: datetime, redactor: Redactor) -> None:
        self.kind = kind
        self._share_level = share_level
        self._now = now
        self._redactor = redactor.for_body()

    def usable(self, upload: Any) -> Prepared:
        """Prepare a checked upload; raises ValidationFailed where its figures make no sense together."""
        kind = self.kind
        name = getattr(upload, kind.key)
        if self._share_level == "none":
            return Prepared(kind.answer("ok", name, None, [NOTHING_KEPT]), None)
        record = kind.record(upload, share_level=self._share_level, now=self._now, redactor=self._redactor)
        upload_id = new_upload_id()
        return Prepared(
            kind.answer("ok", name, upload_id, record.warnings),
            InboxRow(upload_id=upload_id, kind=kind.name, name=record.name, body=record.body),
        )

    def item(self, item: Any, json_errors: Sequence[JsonError]) -> Prepared:
        """Prepare an item of a batch, whatever it is."""
        if json_errors:
            # Pointers are told relative to the item, as for one that is sent alone.
            field_errors = [
                json_error._replace(path=json_error.path[1:]).field_error() for json_error in json_errors
            ]
            return self._validation_failed(item, json_errors[0].reason, field_errors)
        try:
            return self.usable(self.kind.read(item))
        except ValidationFailed as invalid:
            return self._validation_failed(item, "invalid_value", invalid.field_errors)

    def _validation_failed(self, item: Any, reason: str, field_errors: list[FieldError]) -> Prepared:
        kind = self.kind
        kept = quarantined_upload.keep(
            kind, item, field_errors, share_level=self._share_level, now=self._now, redactor=self._redactor
        )
        name = kept.name or None
        if self._share_level == "none":
            return Prepared(kind.answer("error", name, None, [NOTHING_KEPT], reason, field_errors), None)
        upload_id = new_upload_id()
        incoming = InboxRow(
            upload_id=upload_id,
            kind=kind.name,
            name=kept.name,
            body=kept.body,
            quarantine_reason=quarantined_upload.reason_text(kind, reason, field_errors),
        )
        return Prepared(kind.answer("error", name, upload_id, [], reason, field_errors), incoming)


def prepare_one(preparation: Preparation, body: bytes) -> list[Prepared]:
    """The one upload of a body; raises ApiError if it can't be used."""
    try:
        return [preparation.usable(preparation.kind.read(parse(body).raise_for_errors()))]
    except ValidationFailed as invalid:
        raise ApiError("invalid_value", field_errors=invalid.field_errors) from None


def prepare_batch(preparation: Preparation, body: bytes) -> list[Prepared]:
    """Every item of a body, usable or not; raises ApiError if the body is no list of at most MAX_ITEMS."""
    document = parse(body)
    if not isinstance(document.value, list):
        field_error = FieldError("", f"must be a list of {preparation.kind.name}s")
        raise ApiError("invalid_value", field_errors=[field_error])
    if len(document.value) > MAX_ITEMS:
        raise ApiError("too_many_items", f"at most {MAX_ITEMS} items in one batch")
    invalid_items: dict[int, list[JsonError]] = {}
    for json_error in document.json_errors:
        invalid_items.setdefault(int(json_error.path[0]), []).append(json_error)
    return [preparation.item(item, invalid_items.get(place, [])) for place, item in enumerate(document.value)]
