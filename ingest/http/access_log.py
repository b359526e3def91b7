"""One JSON line for every request: what was asked and how it went, never a body, a key or a query."""

import logging
import re
import secrets
import sys
import time
from typing import Any

import falcon
import msgspec
import structlog

from ingest.redaction.redactor import Redactor

HEADER = "X-Request-ID"
ACCEPTED_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
#: Part of a key and no chance: shorter words may well stand in one.
MIN_PART_LENGTH = 8
#: So many upload ids stand in a line; of a larger batch the number says the rest.
MAX_IDS = 10

logger = structlog.get_logger("ingest")


def configure() -> None:
    """Send the log to stdout as JSON lines; called once by the entry point."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_as_bytes),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )


def _as_bytes(event: dict[str, Any], **_options: object) -> bytes:
    return msgspec.json.encode(event)


class AccessLog:
    """Falcon middleware: gives each request an id, and writes its line when it is answered."""

    def __init__(self, key_prefix: str) -> None:
        """`key_prefix`: what our keys begin with; an id that holds it is not taken, somebody mixed up the headers."""
        self._key_prefix = key_prefix
        # One of its own: what it finds is no text that anybody shared.
        self._redactor = Redactor(key_prefix)

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Take the client's id for the request if it is a plain one, else draw one."""
        req.context.began = time.perf_counter()
        req.context.request_id = self._harmless_id(req) or secrets.token_hex(8)
        resp.set_header(HEADER, req.context.request_id)
        # What is told belongs to whoever holds the key, and to no cache on the way.
        resp.set_header("Cache-Control", "no-store")

    def _harmless_id(self, req: falcon.Request) -> str | None:
        """The id that was sent, unless it is no plain one, or a secret, or a part of the key that came with it."""
        sent = req.get_header(HEADER)
        if not sent or not ACCEPTED_ID.match(sent) or self._key_prefix in sent:
            return None
        keys = (req.get_header("X-API-Key", default=""), req.get_header("Authorization", default=""))
        is_key = len(sent) >= MIN_PART_LENGTH and any(sent in key for key in keys)
        return None if is_key or self._redactor.redact([sent]).counts else sent

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, _resource: object, _succeeded: bool
    ) -> None:
        """Write the line."""
        req.context.seconds = time.perf_counter() - req.context.began
        answers = req.context.get("answers") or ()
        logger.info(
            "request",
            request_id=req.context.request_id,
            method=req.method,
            route=req.uri_template,
            status=resp.status_code,
            reason=req.context.get("reason"),
            uploads=[answer.upload_id for answer in answers[:MAX_IDS] if answer.upload_id],
            upload_count=len(answers),
            ms=round(req.context.seconds * 1000, 2),
        )
