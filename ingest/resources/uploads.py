"""Where agents leave sessions and plans, and where they ask what became of them."""

import uuid
from collections.abc import Sequence

import falcon

from db.accounts.account_records import Account
from db.connection import Statements
from db.uploads import upload_status
from db.uploads.upload_records import UploadProgress
from ingest.http.answers import PlanAnswer, SessionAnswer, UploadStatus
from ingest.http.api_errors import ApiError
from ingest.http.auth import Authenticator
from ingest.http.body import BodyBudget, read_body
from ingest.http.large_work import LargeWork
from ingest.resources.prefer_wait import Waiting, wished_seconds
from ingest.uploads.pipeline import UploadPipeline
from ingest.uploads.upload_types import KINDS, UploadType
from web import WORKER

GIVEN_UP = "An admin gave it up. It was in quarantine because of: "
#: How persist begins the reason of what PostgreSQL refused; the rest of it is about our tables.
REFUSED = "refused:"
CANNOT_BE_STORED = "refused: something in it can't be stored"


class Uploads:
    """One upload of a kind, or a batch of them; 202 means committed to PostgreSQL, 200 that it is stored as well."""

    def __init__(
        self,
        kind: UploadType,
        authenticator: Authenticator,
        pipeline: UploadPipeline,
        waiting: Waiting,
        *,
        budget: BodyBudget,
        large_work: LargeWork,
    ) -> None:
        self._kind = kind
        self._authenticator = authenticator
        self._pipeline = pipeline
        self._waiting = waiting
        self._budget = budget
        self._large_work = large_work

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Take one."""
        with (
            self._authenticator.cached_caller(req) as caller,
            self._budget.share(caller.account.user_id) as share,
        ):
            body = read_body(req, share, self._large_work)
            answers = self._pipeline.receive(self._kind, caller, body)
        resp.media = answers[0]
        self._finish(req, resp, caller.account, answers)

    def on_post_batch(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Take a bare array of them, and answer with one of the same length and order."""
        with (
            self._authenticator.cached_caller(req) as caller,
            self._budget.share(caller.account.user_id) as share,
        ):
            body = read_body(req, share, self._large_work)
            answers = self._pipeline.receive(self._kind, caller, body, is_batch=True)
        resp.media = answers
        self._finish(req, resp, caller.account, answers)

    def _finish(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        account: Account,
        answers: Sequence[SessionAnswer | PlanAnswer],
    ) -> None:
        req.context.kind, req.context.answers = self._kind.name, answers
        resp.status = falcon.HTTP_202
        seconds = wished_seconds(req.get_header("Prefer"))
        retained = [answer.upload_id for answer in answers if answer.status == "ok" and answer.upload_id]
        # What lies in quarantine, or was not kept at all, is no row however long one waits.
        if not seconds or not retained or len(retained) < len(answers):
            return
        worker = req.env.get(WORKER)
        if self._waiting.until_stored(
            account.user_id, retained, seconds, is_stopping=lambda: worker is not None and not worker.alive
        ):
            resp.status = falcon.HTTP_200
            resp.set_header("Preference-Applied", f"wait={seconds}")


class UploadStates:
    """How far an upload has come, for its owner: to everybody else it is not there."""

    def __init__(self, authenticator: Authenticator, database: Statements) -> None:
        self._authenticator = authenticator
        self._database = database

    def on_get(self, req: falcon.Request, resp: falcon.Response, upload_id: str) -> None:
        """Tell the state of one upload."""
        account = self._authenticator.account(req)
        progress = _find(self._database, account, upload_id)
        if progress is None:
            raise ApiError("not_found")
        resp.media = _status(progress)

    on_head = on_get


def _find(database: Statements, account: Account, upload_id: str) -> UploadProgress | None:
    try:
        requested = str(uuid.UUID(upload_id))
    except ValueError:
        return None
    return upload_status.fetch_upload_progress(database, user_id=account.user_id, upload_id=requested)


def _status(progress: UploadProgress) -> UploadStatus:
    name = {KINDS[progress.kind].key: progress.name or None}
    return UploadStatus(
        upload_id=progress.upload_id,
        kind=progress.kind,
        status="quarantined" if progress.state == "discarded" else progress.state,
        reason=_reason(progress),
        received_at=progress.received_at,
        settled_at=progress.settled_at,
        **name,
    )


def _reason(progress: UploadProgress) -> str | None:
    """Why it is in quarantine; what a try in vain has noted meanwhile is no reason yet."""
    if progress.state not in ("quarantined", "discarded"):
        return None
    reason = progress.reason or ""
    described = CANNOT_BE_STORED if reason.startswith(REFUSED) else reason
    return GIVEN_UP + described if progress.state == "discarded" else described
