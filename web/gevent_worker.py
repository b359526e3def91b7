"""The gunicorn worker of both web processes, between socket and app: it sets a pace and quotes nothing it was sent."""

import io
import json
import resource
import traceback
import weakref
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from socket import SHUT_WR
from time import perf_counter
from typing import Any

from gevent import Timeout, sleep
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

from web import WORKER

#: A body brings PIECE_BYTES, or ends, in every PIECE_SECONDS. A client takes each piece of an answer in SEND_SECONDS.
PIECE_BYTES = 256 * 1024
PIECE_SECONDS = 8.0
SEND_SECONDS = 30.0
#: Less where each byte may be a chunk of its own, and takes gunicorn 2 microseconds.
CHUNKED_PIECE_BYTES = 8 * 1024
#: A body that comes without pause lets others go on, and timers run, so often and so long. gevent does not look for
#: either at every sleep(0).
BUSY_SECONDS = 0.005
YIELD_SECONDS = 0.001
#: How long an unread body is drained, so that its sender can still read the answer.
DRAIN_SECONDS = 2.0
#: What no app gets to see, by the first class that fits. An unknown transfer coding is a 400: clients retry a 501.
PROBLEMS: tuple[tuple[type[BaseException], HTTPStatus, str], ...] = (
    (errors.InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
    (errors.InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
    (errors.ConfigurationProblem, HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long"),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large"),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED, "expectation_failed"),
    (errors.ParseException, HTTPStatus.BAD_REQUEST, "bad_request"),
    (BaseException, HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
)


class RequestBody(io.RawIOBase):
    """A request's body. Raises TimeoutError below the pace, ConnectionResetError if it breaks off or is malformed."""

    def __init__(self, request: Any) -> None:
        headers = dict(request.headers)
        self._body = request.body
        self._left = None if "TRANSFER-ENCODING" in headers else int(headers.get("CONTENT-LENGTH", 0))
        self._piece_bytes = CHUNKED_PIECE_BYTES if self._left is None else PIECE_BYTES
        self._resumed_at = perf_counter()
        # The request refers to this body. A reference back would keep both until the garbage collector runs.
        self._force_close = weakref.WeakMethod(request.force_close)

    def readable(self) -> bool:
        """Yes; io.BufferedReader asks."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read at most PIECE_BYTES; returns how many bytes, 0 at the end of the body."""
        if self._left == 0:
            return 0
        try:
            with Timeout(PIECE_SECONDS, TimeoutError):
                piece = self._body.read(min(len(buffer), self._piece_bytes))
        except (errors.ParseException, errors.NoMoreData) as error:
            # Both frameworks know this as a client that went away; gunicorn's message would quote what was sent.
            raise ConnectionResetError(type(error).__name__) from None
        if perf_counter() - self._resumed_at > BUSY_SECONDS:
            sleep(YIELD_SECONDS)
            self._resumed_at = perf_counter()
        buffer[: len(piece)] = piece
        if self._left is None:
            self._left = None if piece else 0
        else:
            self._left -= len(piece)
        return len(piece)

    def close_after_response(self, *, even_if_read: bool) -> None:
        """Close the connection after this response. An unread body would be taken for the next request."""
        force_close = self._force_close()
        if force_close and (even_if_read or self._left != 0):
            force_close()


class Worker(GeventWorker):  # type: ignore[misc] # gunicorn brings no types
    """A slow client holds a greenlet, and neither log nor answers repeat what a client sent."""

    wsgi: Callable[..., Any]
    open_connections = 0

    def init_process(self) -> None:
        """Allow as many open connections as the system does."""
        _, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the app, let it know its worker, and close connections whose body it leaves unread."""
        super().load_wsgi()
        app = self.wsgi

        def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            def start(*response: Any) -> Any:
                environ["wsgi.input"].raw.close_after_response(even_if_read=not self.alive)
                return start_response(*response)

            environ[WORKER] = self
            return app(environ, start)

        self.wsgi = application

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        self.open_connections += 1
        try:
            super().handle(listener, client, addr)
        finally:
            self.open_connections -= 1

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Serve one request of a connection."""
        req.body = io.BufferedReader(RequestBody(req))
        sock.settimeout(SEND_SECONDS)
        try:
            super().handle_request(listener_name, req, sock, addr)
        except StopIteration:
            drain(sock)
            raise
        except TimeoutError:
            raise StopIteration from None  # The client does not read its answer.

    def handle_error(self, req: object, client: Any, addr: object, exc: BaseException) -> None:
        """Answer with a problem document; log the class of the error and, if it is ours, where it was raised."""
        status, reason = next((status, reason) for kind, status, reason in PROBLEMS if isinstance(exc, kind))
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            frames = traceback.extract_tb(exc.__traceback__)
            where = " ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
            self.log.error("A request failed: %s at %s", type(exc).__name__, where)
        else:
            self.log.warning("A malformed request was refused: %s", type(exc).__name__)
        try:
            client.sendall(problem(status, reason))
        except OSError:
            self.log.debug("The client is gone.")
        else:
            drain(client)


def drain(sock: Any) -> None:
    """Send no more, and take in for a moment what the client still sends, so that it can read its answer."""
    with suppress(OSError), Timeout(DRAIN_SECONDS, False):
        sock.shutdown(SHUT_WR)
        while sock.recv(PIECE_BYTES):
            sleep(YIELD_SECONDS)


def problem(status: HTTPStatus, reason: str) -> bytes:
    """A whole HTTP response with a problem document (RFC 9457) that says the status and the reason only."""
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": status.phrase,
    }
    body = json.dumps(document | {"reason": reason, "errors": []}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nCache-Control: no-store\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
