"""POST /api/v1/sessions and /sessions/batch: where agents leave what they did."""

import falcon

from ingest.auth import Door
from ingest.body import read_document
from ingest.errors import Complaint, Refusal
from ingest.intake import Intake
from ingest.strict_json import Document

MAX_ITEMS = 1000


class Sessions:
    """One session, or a batch of them; 202 means committed to PostgreSQL."""

    def __init__(self, door: Door, intake: Intake) -> None:
        self._door = door
        self._intake = intake

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Take one session."""
        with self._door.uploader(req) as caller:
            resp.media = self._intake.session(caller, read_document(req))
        resp.status = falcon.HTTP_202
        req.context.uploads = 1

    def on_post_batch(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Take a bare array of sessions, and answer with one of the same length and order."""
        with self._door.uploader(req) as caller:
            items, faults = _read_items(req)
            resp.media = self._intake.sessions(caller, items, faults)
        resp.status = falcon.HTTP_202
        req.context.uploads = len(items)


def _read_items(req: falcon.Request) -> Document:
    items, faults = read_document(req)
    if not isinstance(items, list):
        raise Refusal("invalid_value", complaints=[Complaint("", "must be a list of sessions")])
    if len(items) > MAX_ITEMS:
        raise Refusal("too_many_items", f"at most {MAX_ITEMS} items in one batch")
    return Document(items, faults)
