"""What a web process has answered and its client has not read yet: it waits here, and no thread waits for a reader."""

import select
import socket
from typing import Any

#: So much is taken for somebody who does not read; whoever writes more waits with it.
MOST_BYTES = 1024 * 1024
#: How long that is, until a reader is given up.
WAIT_SECONDS = 10


class Outbox:
    """A connection's socket, as gunicorn writes to it; all but writing is the socket's own."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        #: What is still to be sent.
        self.pending = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        """Send it, or keep what the network does not take; raises TimeoutError where far too much was kept."""
        sent = 0 if self.pending else self._send(data)
        self.pending += memoryview(data)[sent:]
        while len(self.pending) > MOST_BYTES:
            self._wait()
            self.flush()

    def send(self, data: bytes) -> int:
        """The same; all of it counts as sent."""
        self.sendall(data)
        return len(data)

    def flush(self) -> bool:
        """Send what the network takes now; is all of it gone?"""
        sent = self._send(self.pending)
        del self.pending[:sent]
        return not self.pending

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0

    def _wait(self) -> None:
        poller = select.poll()
        poller.register(self._sock, select.POLLOUT)
        if not poller.poll(WAIT_SECONDS * 1000):
            raise TimeoutError("nobody reads what is answered")
