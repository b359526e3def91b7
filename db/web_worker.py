"""The gunicorn worker of both web processes: what it cannot read as HTTP it refuses without quoting it anywhere."""

import socket
import traceback
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http import errors

from db.web_answers import answer, status_of
from db.web_loop import PatientWorker

#: Under this name a request's environment holds DiscreetWorker.is_stopping.
IS_STOPPING = "insights.is_stopping"


class DiscreetWorker(PatientWorker):
    """Neither its log nor its answers repeat what was sent: that may be a key or somebody's text."""

    wsgi: Callable[..., Any]

    def load_wsgi(self) -> None:
        """Load the app; it reads bodies through a stream that does not quote them, and can ask whether we stop."""
        super().load_wsgi()
        app = self.wsgi

        def told_more(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            environ["wsgi.input"] = DiscreetBody(environ["wsgi.input"])
            environ[IS_STOPPING] = self.is_stopping
            return app(environ, start_response)

        self.wsgi = told_more

    def is_stopping(self) -> bool:
        """Are we asked to end? Whoever only waits should then answer."""
        return not self.alive

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
        """Answer with the bare status; the log gets the kind of error, and its way when it is ours."""
        status = status_of(exc)
        kind = type(exc).__name__
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("A request failed: %s, by way of %s", kind, " ".join(way_of(exc)))
        else:
            self.log.warning("A request that is not HTTP was refused: %s", kind)
        try:
            util.write_nonblock(client, answer(status))
        except OSError:
            self.log.debug("Whoever sent it is gone.")


class DiscreetBody:
    """A request's body; when it breaks off or its chunks make no sense, the error says just that."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, *size: int) -> bytes:
        """So many bytes, or all."""
        return self._taken(self._body.read, *size)

    def readline(self, *size: int) -> bytes:
        """One line, or so many bytes of it."""
        return self._taken(self._body.readline, *size)

    def readlines(self, *hint: int) -> list[bytes]:
        """Every line; a hint need not be heeded."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    @staticmethod
    def _taken(take: Callable[..., bytes], *size: int) -> bytes:
        try:
            return take(*size)
        except (errors.ParseException, errors.NoMoreData) as error:
            # The frameworks know this as a sender who went away; the first error holds what was sent.
            raise ConnectionResetError(type(error).__name__) from None


def way_of(exc: Exception) -> Iterable[str]:
    """Where it came by; unlike its message this holds nothing that was sent."""
    return (f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(exc.__traceback__))
