"""The log writer of `make run`: a process that copies what every child prints into files of limited size.

Why a process with a pipe for each child, rather than files that the children write themselves: a file that a child
holds open cannot be replaced without losing the lines of that moment, and a child that writes on a full disk gets an
error in the middle of its work. A process of its own also goes on after the run was killed, until the last child has
closed its pipe, and is there when the run is suspended in its terminal.
"""

import json
import os
import select
import signal
import socket
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path

#: As much as a pipe holds.
CHUNK_BYTES = 64 * 1024
LINES_KEPT = 20
MAX_LINE_BYTES = 2_000


class RotatingLog:
    """The log of one child: `NAME.log`, and the parts before it as `NAME.log.1` (the newest) and so on."""

    def __init__(self, path: Path, limit: int, parts: int) -> None:
        """Begin a new file after the line that reaches `limit` bytes; keep `parts` files, `path` among them."""
        self._lines: deque[bytes] = deque(maxlen=LINES_KEPT)
        self._path = path
        self._limit = limit
        self._parts = parts
        self._file: int | None = None
        self._size = 0
        self._at_line_start = True
        self._begun_line = b""
        self._dropped = 0

    def write(self, data: bytes) -> None:
        """Append the data, or drop it when the disk is full; the log gets a note once it can be written again."""
        self._remember(data)
        try:
            self._open()
            if self._dropped:
                self._append(b"(%d bytes could not be written here)\n" % self._dropped)
                self._dropped = 0
            while data:
                if self._is_due():
                    self._rotate()
                end = data.find(b"\n", max(self._limit - self._size - 1, 0)) + 1 or len(data)
                self._append(data[:end])
                data = data[end:]
        except OSError:
            self._dropped += len(data)
            self._close()

    def last_lines(self) -> list[str]:
        """Return what was written last, the line that has not ended yet among it."""
        lines = [*self._lines, self._begun_line] if self._begun_line else self._lines
        return [line.decode(errors="replace") for line in lines]

    def _remember(self, data: bytes) -> None:
        *lines, self._begun_line = (self._begun_line + data).split(b"\n")
        self._lines.extend(line[:MAX_LINE_BYTES] for line in lines)
        self._begun_line = self._begun_line[:MAX_LINE_BYTES]

    def _open(self) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._size = os.fstat(self._file).st_size
            self._at_line_start = True

    def _append(self, data: bytes) -> None:
        while data and self._file is not None:
            written = os.write(self._file, data)
            self._size += written
            self._at_line_start = data[:written].endswith(b"\n")
            data = data[written:]

    def _is_due(self) -> bool:
        """Return whether to begin a new file; a line without an end is cut at twice the limit."""
        return self._size >= self._limit * (1 if self._at_line_start else 2)

    def _rotate(self) -> None:
        for number in range(self._parts - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._part(number - 1).replace(self._part(number))
        self._close()
        self._open()

    def _part(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class LogWriter:
    """Reads all pipes until the last child has closed its own, and sends the last lines of a child on request."""

    def __init__(self, pipes: dict[int, RotatingLog], names: dict[str, int], control: socket.socket) -> None:
        """`pipes`: the log for each pipe's read end; `names`: the pipe of each child; `control`: to the supervisor."""
        self._pipes = pipes
        self._names = names
        self._control = control

    def run(self) -> None:
        """Copy until every pipe has ended."""
        listens = True
        while self._pipes:
            sources: list[int | socket.socket] = [*self._pipes, *([self._control] if listens else [])]
            for source in select.select(sources, [], [])[0]:
                if isinstance(source, int):
                    self._copy(source)
                else:
                    listens = self._answer()

    def _copy(self, pipe: int) -> None:
        """Copy one chunk, if there is one; a pipe that has ended is removed."""
        try:
            data = os.read(pipe, CHUNK_BYTES)
        except BlockingIOError:
            return
        if data:
            self._pipes[pipe].write(data)
        else:
            self._pipes.pop(pipe, None)

    def _answer(self) -> bool:
        """Send the last lines of the requested child; False when the supervisor is gone."""
        with suppress(OSError):
            name = self._control.recv(256).decode()
            if name:
                self._control.sendall(json.dumps(self._last_lines(name)).encode() + b"\n")
                return True
        return False

    def _last_lines(self, name: str) -> list[str]:
        pipe = self._names[name]
        log = self._pipes.get(pipe)
        if log is None:
            return []
        # What a child left in its pipe before it ended is one chunk at most.
        self._copy(pipe)
        return log.last_lines()


def main(folder: str, limit: str, parts: str, *children: str) -> None:
    """Write the logs of `children`, each given as NAME=READ_END; the control socket is standard input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    names = {name: int(pipe) for name, pipe in (child.split("=") for child in children)}
    for pipe in names.values():
        os.set_blocking(pipe, False)
    pipes = {
        pipe: RotatingLog(Path(folder) / f"{name}.log", int(limit), int(parts))
        for name, pipe in names.items()
    }
    LogWriter(pipes, names, socket.socket(fileno=0)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
