"""What is kept of an item that can't be used: enough for an admin to see why, and no more than its owner shares."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ingest.errors import Complaint
from ingest.payload import FIELDS, SessionUpload, Unusable
from ingest.record import session_record
from ingest.redaction import Redaction, Redactor

LONGEST_REASON = 500
#: Go's zero time: makes the record look for a time elsewhere.
UNKNOWN_TIME = "0001-01-01T00:00:00Z"


class Kept(NamedTuple):
    """The quarantined form of an item."""

    #: '' where the item has no usable session_id.
    name: str
    #: The record of the fields that are right, so that an admin may still let it in; for those who share text
    #: also `refused`, the fields that are not.
    body: str


def keep(
    item: Any, complaints: list[Complaint], *, share_level: str, now: datetime, redactor: Redactor
) -> Kept:
    """Keep what is right of the item, and for those who share text the redacted rest beside it."""
    wrong = {_field(complaint) for complaint in complaints}
    right = (
        {name: item[name] for name in FIELDS if name in item and name not in wrong}
        if isinstance(item, dict)
        else {}
    )
    name = right.get("session_id", "")
    try:
        body = _record(right, share_level=share_level, now=now, redactor=redactor) if name else "{}"
    except Unusable as more:
        return keep(item, complaints + more.complaints, share_level=share_level, now=now, redactor=redactor)
    if share_level != "full":
        return Kept(name, body)
    refused = {key: item[key] for key in wrong if key in item} if name else item
    return Kept(name, _with_refused(body, redacted(refused, redactor)))


def reason_text(reason: str, complaints: list[Complaint]) -> str:
    """Why, for the admin: names known fields only, never a word of what was sent."""
    told = dict.fromkeys(f"{_field(complaint)} {complaint.detail}".strip() for complaint in complaints)
    return f"{reason}: {'; '.join(told)}"[:LONGEST_REASON]


def _field(complaint: Complaint) -> str:
    name = complaint.pointer.split("/")[1] if complaint.pointer else ""
    return name if name in FIELDS else ""


def _record(right: dict[str, Any], *, share_level: str, now: datetime, redactor: Redactor) -> str:
    upload = msgspec.convert({"started_at": UNKNOWN_TIME, **right}, SessionUpload)
    return session_record(upload, share_level=share_level, now=now, redactor=redactor).body


def _with_refused(body: str, refused: Any) -> str:
    separator = "," if len(body) > len("{}") else ""
    return f'{body[:-1]}{separator}"refused":{msgspec.json.encode(refused).decode()}}}'


def redacted(value: Any, redactor: Redactor) -> Any:
    """A copy of any JSON value without the secrets in it."""
    return _redacted(value, redactor.over(_strings([value])))


def _strings(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            yield from _strings(value.values())
        elif isinstance(value, list):
            yield from _strings(value)


def _redacted(value: Any, redaction: Redaction) -> Any:
    if isinstance(value, str):
        return redaction.text(value)
    if isinstance(value, dict):
        return {redaction.text(name): _redacted(entry, redaction) for name, entry in value.items()}
    if isinstance(value, list):
        return [_redacted(entry, redaction) for entry in value]
    return value
