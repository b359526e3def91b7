"""Limits how many requests that read data one person has running at once, so that nobody slows down the others."""

from functools import partial

import flask
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from analytics_app.context.current_user import current_account
from analytics_app.http.callback_body import CALLBACK_PATH
from web.concurrency_limit import ConcurrencyLimit, LimitExceeded

#: As many connections as a browser opens, and fewer than a process has threads. A refused page asks again.
MAX_CONCURRENT = 6
RETRY_SECONDS = 1
#: Requests that read data; pages and their files cost next to nothing.
LIMITED_PATHS = (CALLBACK_PATH, "/csv/", "/me/data.json")


def install(server: flask.Flask, max_concurrent: int = MAX_CONCURRENT) -> None:
    """Answer 429 to requests beyond the limit of their person."""
    limit = ConcurrencyLimit(max_concurrent)

    @server.before_request
    def begin() -> None:
        if not flask.request.path.startswith(LIMITED_PATHS) or not current_user.is_authenticated:
            return
        person = current_account().user_id
        try:
            limit.acquire(person)
        except LimitExceeded:
            raise TooManyRequests(retry_after=RETRY_SECONDS) from None
        flask.g.release = partial(limit.release, person)

    @server.after_request
    def release_after_stream(response: flask.Response) -> flask.Response:
        if response.is_streamed and "release" in flask.g:
            response.call_on_close(flask.g.pop("release"))
        return response

    @server.teardown_request
    def end(_error: BaseException | None) -> None:
        if "release" in flask.g:
            flask.g.pop("release")()
