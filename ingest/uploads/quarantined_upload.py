"""What is kept of an item that can't be used: enough for an admin to see why, and no more than its owner shares."""

from collections.abc import Iterable, Iterator, Set
from datetime import datetime
from typing import Any

import msgspec

from ingest.http.api_errors import FieldError
from ingest.redaction.redactor import Redactor
from ingest.uploads.schema import ValidationFailed
from ingest.uploads.upload_types import UploadType

MAX_REASON_LENGTH = 500


def keep(
    kind: UploadType,
    item: Any,
    field_errors: list[FieldError],
    *,
    share_level: str,
    now: datetime,
    redactor: Redactor,
) -> tuple[str, str]:
    """Return the name ('' without a valid one) and the JSON to keep of an invalid item.

    The JSON is the record of the valid fields, so that an admin may still accept it. From people who share text it
    also has `refused`: the redacted invalid fields.
    """
    wrong = {_field(kind, field_error) for field_error in field_errors}
    right = _without(kind, item, wrong)
    if kind.key not in right:
        name, retained = "", "{}"
    else:
        try:
            upload = kind.read(kind.stand_ins | right)
            name, retained, _ = kind.record(upload, share_level=share_level, now=now, redactor=redactor)
        except ValidationFailed as more:
            found = field_errors + more.field_errors
            return keep(kind, item, found, share_level=share_level, now=now, redactor=redactor)
    if share_level != "full":
        return name, retained
    refused = {key: item[key] for key in wrong if key in item} if name else item
    separator = "," if len(retained) > len("{}") else ""
    return (
        name,
        f'{retained[:-1]}{separator}"refused":{msgspec.json.encode(redacted(refused, redactor)).decode()}}}',
    )


def reason_text(kind: UploadType, reason: str, field_errors: list[FieldError]) -> str:
    """Why, for the admin: names known fields only, never a word of what was sent."""
    described = dict.fromkeys(
        f"{_field(kind, field_error)} {field_error.detail}".strip() for field_error in field_errors
    )
    return f"{reason}: {'; '.join(described)}"[:MAX_REASON_LENGTH]


def _field(kind: UploadType, field_error: FieldError) -> str:
    name = field_error.pointer.split("/")[1] if field_error.pointer else ""
    return name if name in kind.fields else ""


def _without(kind: UploadType, item: Any, wrong: Set[str]) -> dict[str, Any]:
    """The known fields of an item that hold something, but for the wrong ones."""
    if not isinstance(item, dict):
        return {}
    return {name: item[name] for name in kind.fields - wrong if item.get(name) is not None}


def redacted(value: Any, redactor: Redactor) -> Any:
    """A copy of any JSON value without the secrets in it."""
    return _redacted(value, redactor.redact(_strings([value])).texts)


def _strings(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            yield from _strings(value.values())
        elif isinstance(value, list):
            yield from _strings(value)


def _redacted(value: Any, texts: dict[str, str]) -> Any:
    if isinstance(value, str):
        return texts[value]
    if isinstance(value, dict):
        return {texts[name]: _redacted(entry, texts) for name, entry in value.items()}
    if isinstance(value, list):
        return [_redacted(entry, texts) for entry in value]
    return value
