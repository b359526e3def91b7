"""The logs of `make run`'s children on the supervisor's side: a pipe for each, and the log writer that reads them."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from standalone.child_processes import log_writer
from standalone.child_processes.processes import TAIL_LINES, indented, tail
from standalone.embedded_postgres import make_log_folder

#: A log begins anew at this size, and so many files are kept of each child: 50 MB a child at most.
LIMIT_BYTES = 10_000_000
PARTS = 5
ANSWER_SECONDS = 2.0
CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class Pipe:
    """Both ends of one child's pipe; they outlive the child and the log writer, so no line is lost when either ends."""

    read_end: int
    write_end: int


class ChildLogs:
    """Starts the log writer, starts it again when it was killed, and ends it after the last child."""

    def __init__(
        self, home: Path, names: Iterable[str], *, limit: int = LIMIT_BYTES, parts: int = PARTS
    ) -> None:
        """Make the folder of the logs and a pipe for each name."""
        self.folder = make_log_folder(home)
        self._pipes = {name: Pipe(*os.pipe()) for name in names}
        self._limits = (str(limit), str(parts))
        self._writer: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def check(self) -> None:
        """Start the log writer if none is running."""
        if self._writer is not None and self._writer.poll() is None:
            return
        if self._control is not None:
            self._control.close()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(ANSWER_SECONDS)
        children = [f"{name}={pipe.read_end}" for name, pipe in self._pipes.items()]
        with theirs:
            self._writer = subprocess.Popen(
                [sys.executable, "-I", "-S", log_writer.__file__, str(self.folder), *self._limits, *children],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[pipe.read_end for pipe in self._pipes.values()],
                cwd=Path("/"),
                start_new_session=True,
            )

    def of(self, name: str) -> "ChildLog":
        """Return the log of one child."""
        return ChildLog(self, name, self._pipes[name].write_end)

    def last_lines(self, name: str) -> list[str]:
        """Return the last lines of a child in this run, from the log writer; raises OSError when it does not answer."""
        if self._control is None:
            return []
        self._control.sendall(name.encode())
        answer = b""
        while not answer.endswith(b"\n"):
            part = self._control.recv(65_536)
            if not part:
                raise ConnectionResetError
            answer += part
        lines: list[str] = json.loads(answer)
        return lines

    def close(self) -> None:
        """End the pipes, and wait until everything that was printed is in the files."""
        for pipe in self._pipes.values():
            os.close(pipe.write_end)
            os.close(pipe.read_end)
        self._pipes.clear()
        if self._writer is not None:
            try:
                self._writer.wait(CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                self._writer.kill()
                self._writer.wait()
        if self._control is not None:
            self._control.close()


@dataclass(frozen=True)
class ChildLog:
    """The log of one child: its pipe and its file."""

    logs: ChildLogs
    name: str
    #: The file descriptor for the child's output.
    write_end: int

    @property
    def path(self) -> Path:
        """The path of the newest log file."""
        return self.logs.folder / f"{self.name}.log"

    def tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines of this run, indented, for the console; complete once the child has ended."""
        try:
            return indented(self.logs.last_lines(self.name)[-lines:])
        except OSError:
            return tail(self.path, lines)
