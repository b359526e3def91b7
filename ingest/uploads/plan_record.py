"""Wire to record: one checked plan becomes the JSON body that waits in the inbox, cut to its owner's share level."""

from datetime import datetime

from ingest.redaction.redactor import Redactor
from ingest.uploads.schema import PlanUpload
from ingest.uploads.session_record import AHEAD, Record, known, sealed, what_was_left_out, what_was_replaced

NAME_LENGTH = 200
TITLE_LENGTH = 500


def plan_record(upload: PlanUpload, *, share_level: str, now: datetime, redactor: Redactor) -> Record:
    """Write the record of a plan; its content is kept of those who share text."""
    full = share_level == "full"
    texts = [upload.name, upload.title or "", upload.content if full else ""]
    redaction = redactor.redact(texts)
    name, title, content = (redaction.texts[text] for text in texts)
    created_at = known(upload.created_at, now + AHEAD)
    warnings = []
    if len(title) > TITLE_LENGTH:
        warnings.append(f"title is longer than {TITLE_LENGTH} characters and was cut.")
    if upload.created_at and not created_at:
        warnings.append("created_at is no usable time: it is taken as unknown.")
    warnings += what_was_replaced(redaction)
    record = {"title": title[:TITLE_LENGTH] or None, "created_at": created_at}
    if full:
        record["content"] = content
    else:
        warnings += what_was_left_out({"content": upload.content})
    return name[:NAME_LENGTH], sealed(record), warnings
