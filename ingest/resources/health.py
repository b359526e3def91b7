"""GET /health and its probes: both stores are really asked, each time."""

import falcon

from db import liveness
from db.connection import Statements
from db.errors import StorageError
from ingest.http.answers import HealthAnswer, LiveAnswer
from ingest.http.api_errors import RETRY_AFTER_SECONDS
from ingest.uploads.pipeline import Notifier


class Health:
    """Whether uploads can be taken. Without the queue they can: they only show up later."""

    def __init__(self, database: Statements, notifier: Notifier) -> None:
        self._database = database
        self._notifier = notifier

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Ask PostgreSQL and Redis; only PostgreSQL is vital."""
        database = self._database_answers()
        queue = self._notifier.ping()
        resp.media = HealthAnswer(
            status=("ok" if queue else "degraded") if database else "unavailable",
            database="connected" if database else "disconnected",
            queue="connected" if queue else "disconnected",
        )
        if not database:
            resp.status = falcon.HTTP_503
            resp.set_header("Retry-After", RETRY_AFTER_SECONDS)

    on_head = on_get

    def on_get_live(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The process answers; nothing else is asked."""
        resp.media = LiveAnswer()

    on_head_live = on_get_live

    def _database_answers(self) -> bool:
        try:
            liveness.ping(self._database)
        except StorageError:
            return False
        return True
