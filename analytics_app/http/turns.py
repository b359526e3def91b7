"""So much is worked on at a time for each one who asks: whoever asks for much slows down nobody but themselves."""

import math
import threading
from collections import Counter
from collections.abc import Hashable
from functools import partial

import flask
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from analytics_app.auth.guard import current_account
from analytics_app.http.callback_body import CALLBACK_PATH

#: As many as a browser has connections, and fewer than a process has threads. A page that is told to wait asks again.
MAX_CONCURRENT = 6
WAIT_SECONDS = 1
#: What reads data; pages and their files cost next to nothing.
DEAR = (CALLBACK_PATH, "/csv/", "/me/data.json")


class ConcurrencyLimit:
    """How much this process works on at a time: for each one who asks, and for all of them."""

    def __init__(self, of_one: int, of_all: float = math.inf) -> None:
        self._of_one, self._of_all = of_one, of_all
        self._lock = threading.Lock()
        self._taken: Counter[Hashable] = Counter()

    def take(self, who: Hashable) -> bool:
        """Begin one more; False where that would be too many."""
        with self._lock:
            fits = self._taken[who] < self._of_one and self._taken.total() < self._of_all
            self._taken[who] += fits
            return fits

    def give_back(self, who: Hashable) -> None:
        """One of them is over."""
        with self._lock:
            self._taken[who] -= 1
            # Nobody is remembered for good.
            self._taken += Counter()


def install(server: flask.Flask, most: int = MAX_CONCURRENT) -> None:
    """Count what is worked on, and refuse what would be too much of one person."""
    turns = ConcurrencyLimit(of_one=most)

    @server.before_request
    def begin() -> None:
        if not flask.request.path.startswith(DEAR) or not current_user.is_authenticated:
            return
        person = current_account().user_id
        if not turns.take(person):
            raise TooManyRequests(retry_after=WAIT_SECONDS)
        flask.g.turn = partial(turns.give_back, person)

    @server.after_request
    def go_on_while_sent(response: flask.Response) -> flask.Response:
        if response.is_streamed and "turn" in flask.g:
            response.call_on_close(flask.g.pop("turn"))
        return response

    @server.teardown_request
    def end(_error: BaseException | None) -> None:
        if "turn" in flask.g:
            flask.g.pop("turn")()
