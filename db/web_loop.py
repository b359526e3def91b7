"""The gunicorn worker's loop: it reads requests itself, so that whoever sends slowly holds no thread."""

import resource
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn import http, util
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from db.web_answers import answer, status_of
from db.web_outbox import Outbox
from db.web_requests import LONGEST_BODY, Gathered, Gathering
from db.web_threads import Threads

#: In each such span a head must be over, and a body must be over or grow by LEAST_BYTES.
SPAN_SECONDS = 8.0
LEAST_BYTES = 32 * 1024 * int(SPAN_SECONDS)
#: How long a connection on which nothing was ever sent is kept.
SILENCE_SECONDS = 8.0
#: How long we wait for the other side to hang up, so that it can still read our last answer.
PARTING_SECONDS = 2.0
#: In each such span, whoever has not read an answer to its end must have read some of it. The network's own buffer is
#: refilled in large portions, so it is seen late that somebody reads; until then it costs us no thread.
READ_SECONDS = 30.0
SWEEP_SECONDS = 0.5
#: Whatever is smaller is always taken in; of the larger ones no more than the threads could hold is here at a time.
SMALL_BYTES = 64 * 1024


class Connection(TConn):  # type: ignore[misc] # gunicorn brings no types
    """A client's connection and what came in on it so far. Either a thread has it, or the loop watches it."""

    sock: Outbox

    def __init__(self, worker: "PatientWorker", sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, Outbox(sock), client, server)
        self.parser = http.get_parser(worker.cfg, self.sock, client)
        # gunicorn would wait for the first bytes and for TLS; here the bytes are there, and TLS is the proxy's.
        self.initialized = True
        self.request = Gathering()
        self.is_parting = False
        self.is_registered = False
        #: Once the answer is read: does the connection stay?
        self.stays = False
        self.reserved = 0
        self.deadline = time.monotonic() + SILENCE_SECONDS
        self.size_before = 0

    def serve(self) -> None:
        """Let gunicorn's parser read what was gathered."""
        self.parser.unreader = Gathered(self.request.data)

    def is_plain(self) -> bool:
        """Is the answer sent, nothing to be given back, and nothing of the next request there?"""
        return not (self.sock.pending or self.reserved or self.parser.unreader.has_rest())

    def start_over(self, deadline: float) -> None:
        """Wait for the next request, whose beginning may have come in with this one."""
        rest = self.parser.unreader.rest()
        self.request = Gathering()
        self.deadline = deadline
        if rest:
            self.take(rest)

    def take(self, piece: bytes) -> None:
        """Add what came in; the first bytes of a request start its clock."""
        if not self.request.data:
            self.size_before = 0
            self.deadline = time.monotonic() + SPAN_SECONDS
        self.request.add(piece)

    def wait_for_reader(self, stays: bool) -> None:
        """Begin the span in which the answer has to be read, or some of it."""
        self.stays = stays
        self.size_before = len(self.sock.pending)
        self.deadline = time.monotonic() + READ_SECONDS

    def reads_nothing(self) -> bool:
        """Was nothing read in the last span? If not, another one begins."""
        if self.size_before == len(self.sock.pending):
            return True
        self.wait_for_reader(self.stays)
        return False

    def is_slow(self) -> bool:
        """Was the last span too slow? If not, another one begins."""
        grown = len(self.request.data) - self.size_before
        if not self.request.has_head or grown < LEAST_BYTES:
            return True
        self.size_before = len(self.request.data)
        self.deadline = time.monotonic() + SPAN_SECONDS
        return False


class PatientWorker(ThreadWorker):  # type: ignore[misc] # gunicorn brings no types
    """gthread, but a thread gets a request only when all of it is there, and waits for no sender and no reader."""

    def init_process(self) -> None:
        """Make room for as many connections as may be watched."""
        self._watched: set[Connection] = set()
        self._reserved = 0
        self._sweep_at = 0.0
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        # It would write to the socket, past what waits in the outbox.
        self.cfg.set("sendfile", False)
        super().init_process()

    def get_thread_pool(self) -> Threads[Connection]:
        """What answers the requests; gunicorn asks for it once."""
        return Threads(self.cfg.threads, self._serve)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Whoever stands in line when we stop is still let in: closing the door would cut them off."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                while self._let_in(listener):
                    pass

    def accept(self, listener: Any) -> None:
        """Let one in."""
        self._let_in(listener)

    def _let_in(self, listener: Any) -> bool:
        try:
            sock, address = listener.accept()
        except OSError:
            return False
        self.nr_conns += 1
        conn = Connection(self, sock, address, listener.getsockname())
        self._watched.add(conn)
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._read(conn)
        return True

    def _make_room(self) -> None:
        """Part with who would be cut soonest of those who have not said yet what they want."""
        undecided = [
            conn for conn in tuple(self._watched) if not (conn.request.has_head or conn.sock.pending)
        ]
        if len(undecided) > 1:
            self._close(min(undecided, key=lambda conn: conn.deadline))

    def _watch(self, conn: Connection) -> None:
        self._watched.add(conn)
        if not conn.is_registered:
            self._register(conn, selectors.EVENT_READ, self._on_readable)

    def _register(self, conn: Connection, event: int, react: Callable[[Connection, object], None]) -> None:
        # gunicorn closes a connection in its thread when an answer fails half-way: the number may be taken again.
        stale = self.poller.get_map().get(conn.sock)
        if stale:
            self.poller.unregister(stale.fileobj)
        self.poller.register(conn.sock, event, partial(react, conn))
        conn.is_registered = True

    def _unregister(self, conn: Connection) -> None:
        if conn.is_registered:
            conn.is_registered = False
            with suppress(KeyError, ValueError):
                self.poller.unregister(conn.sock)

    def _on_readable(self, conn: Connection, _sock: object) -> None:
        if conn in self._watched:
            self._read(conn)
            return
        # A thread has it. That is the exception, so it stays registered until somebody speaks out of turn.
        self._unregister(conn)
        # The thread may be done by now, and have found it registered still.
        if conn in self._watched:
            self._watch(conn)

    def _read(self, conn: Connection) -> None:
        try:
            piece = conn.sock.recv(conn.request.piece_bytes, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._watch(conn)
            return
        except OSError:
            piece = b""
        if piece and not conn.is_parting:
            self._take(conn, piece)
        elif not piece:
            self._end(conn)

    def _take(self, conn: Connection, piece: bytes) -> None:
        try:
            conn.take(piece)
        except LimitRequestHeaders as error:
            self._refuse(conn, status_of(error))
            return
        if conn.request.is_whole:
            self._hand_over(conn)
        elif not self._has_room_for(conn):
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._watch(conn)
            self._encourage(conn)

    def _encourage(self, conn: Connection) -> None:
        if conn.request.expects_continue:
            conn.request.expects_continue = False
            self._tell(conn, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _has_room_for(self, conn: Connection) -> bool:
        """By what is there: what was only announced takes no room."""
        grown = len(conn.request.data) - conn.reserved
        if len(conn.request.data) <= SMALL_BYTES:
            return True
        if self._reserved + grown > self.cfg.threads * LONGEST_BODY:
            return False
        conn.reserved += grown
        self._reserved += grown
        return True

    def _end(self, conn: Connection) -> None:
        """Nothing more will come: what began is judged as it is."""
        if conn.request.data and not conn.is_parting:
            self._unregister(conn)
            self._hand_over(conn)
        else:
            self._close(conn)

    def _hand_over(self, conn: Connection) -> None:
        self._watched.discard(conn)
        self.enqueue_req(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Put a whole request in line for a thread."""
        self.tpool.give(conn)

    def _serve(self, conn: Connection) -> None:
        """In a thread: have the request answered, and wait for the next one; the loop does all that is out of turn."""
        conn.serve()
        stays = bool(self.handle(conn)) and not conn.parser.unreader.ran_dry
        if stays and self.alive and conn.is_plain():
            conn.start_over(time.monotonic() + self.cfg.keepalive)
            # From here on the loop may take it: nothing but a question may follow.
            self._watched.add(conn)
            if not conn.is_registered:
                self.method_queue.defer(self._rejoin, conn)
        else:
            self.method_queue.defer(self.finish_request, conn, stays)

    def _rejoin(self, conn: Connection) -> None:
        if conn in self._watched:
            self._watch(conn)

    def finish_request(self, conn: Connection, stays: bool) -> None:
        """Back in the loop: wait until the answer is read, then for the next request, or part."""
        self._reserved -= conn.reserved
        conn.reserved = 0
        if conn.sock.pending and conn.sock.fileno() >= 0:
            self._await_reader(conn, stays)
        elif stays:
            self._go_on(conn)
        else:
            self._part(conn)

    def _await_reader(self, conn: Connection, stays: bool) -> None:
        conn.wait_for_reader(stays)
        self._watched.add(conn)
        self._unregister(conn)
        self._register(conn, selectors.EVENT_WRITE, self._on_writable)

    def _on_writable(self, conn: Connection, _sock: object) -> None:
        try:
            is_sent = conn.sock.flush()
        except OSError:
            self._close(conn)
            return
        if is_sent:
            self._unregister(conn)
            self._watched.discard(conn)
            self.finish_request(conn, conn.stays)

    def _go_on(self, conn: Connection) -> None:
        linger = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
        try:
            conn.start_over(time.monotonic() + linger)
        except LimitRequestHeaders:
            self._part(conn)
            return
        if conn.request.is_whole:
            self.enqueue_req(conn)
        else:
            self._watch(conn)

    def _refuse(self, conn: Connection, status: HTTPStatus) -> None:
        self.log.warning("A request was refused before it was whole: %d %s", status.value, status.phrase)
        self._tell(conn, answer(status))
        self._part(conn)

    def _tell(self, conn: Connection, words: bytes) -> None:
        try:
            util.write_nonblock(conn.sock, words)
        except OSError:
            self.log.debug("Whoever sent it is gone.")

    def _part(self, conn: Connection) -> None:
        """Say that nothing more comes from us, and wait a moment for the other side to hang up."""
        conn.is_parting = True
        conn.request = Gathering()
        conn.deadline = time.monotonic() + PARTING_SECONDS
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
        else:
            self._watch(conn)

    def _close(self, conn: Connection) -> None:
        self._reserved -= conn.reserved
        conn.reserved = 0
        self.nr_conns -= 1
        self._watched.discard(conn)
        self._unregister(conn)
        conn.close()

    def murder_pending(self) -> None:
        """Cut who is too slow. gunicorn calls this in each turn of its loop."""
        now = time.monotonic()
        if now < self._sweep_at:
            return
        self._sweep_at = now + SWEEP_SECONDS
        for conn in [conn for conn in tuple(self._watched) if conn.deadline <= now]:
            if conn.sock.pending:
                if conn.reads_nothing():
                    self._close(conn)
            elif conn.is_parting or not conn.request.data:
                self._close(conn)
            elif conn.is_slow():
                self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)

    def _cap_keepalive(self, deadline: float) -> None:
        """A stopping worker waits only so long for requests that have not begun."""
        for conn in tuple(self._watched):
            if not conn.request.data:
                conn.deadline = min(conn.deadline, deadline)
