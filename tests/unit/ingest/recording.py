"""Sessions as they become records, for the tests of what is recorded."""

import json
from datetime import datetime
from typing import Any

from ingest.redaction.redactor import Redactor
from ingest.uploads.schema import read_session
from ingest.uploads.session_record import session_record
from tests.unit.ingest.fakes import NOW
from tests.unit.ingest.wire import session

REDACTOR = Redactor("dkd_sk_")
KEY = "dkd_sk_" + "k" * 43
ZERO = "0001-01-01T00:00:00Z"


def record(share_level: str = "full", now: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """What is kept of a session that differs from the usual one by these changes."""
    upload = read_session(session(**changes))
    body = session_record(upload, share_level=share_level, now=now, redactor=REDACTOR)[1]
    return dict(json.loads(body))


def warnings(share_level: str = "full", **changes: Any) -> list[str]:
    """What its sender is told of it."""
    upload = read_session(session(**changes))
    return session_record(upload, share_level=share_level, now=NOW, redactor=REDACTOR)[2]
