"""How a child process learns that its parent is gone: from the kernel on Linux, elsewhere from a watchdog process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

from standalone.child_processes import linux, watchdog


class ParentDeath(Protocol):
    """A way to send children a signal when their parent ends, also when it is killed with SIGKILL."""

    def step_before_exec(self, death_signal: signal.Signals) -> Callable[[], None]:
        """Return what a new child does, as its last step between fork and exec, to get this signal."""

    def add(self, pid: int, death_signal: signal.Signals) -> None:
        """Register a child that was started."""

    def remove(self, pid: int) -> None:
        """Deregister a child that has ended, since its process id may be reused."""

    def check(self) -> None:
        """Restore the mechanism if part of it was killed."""


class KernelSignal:
    """PR_SET_PDEATHSIG of Linux: the kernel delivers it, and no state is needed."""

    def step_before_exec(self, death_signal: signal.Signals) -> Callable[[], None]:
        """Ask the kernel for the signal, and end if the parent ended before that."""
        parent = os.getpid()

        def step() -> None:
            linux.signal_when_orphaned(death_signal)
            if os.getppid() != parent:
                os._exit(1)

        return step

    def add(self, pid: int, death_signal: signal.Signals) -> None:
        """Do nothing: the kernel keeps the list."""

    def remove(self, pid: int) -> None:
        """Do nothing: the kernel keeps the list."""

    def check(self) -> None:
        """Do nothing: the kernel cannot be killed."""


class Watchdog:
    """A process of `watchdog.py` that reads from a pipe: for macOS and every other POSIX system."""

    def __init__(self) -> None:
        self._watched: dict[int, signal.Signals] = {}
        self._process: subprocess.Popen[bytes] | None = None
        # Both ends stay open here, so lines written while no watchdog runs wait for the next one.
        self._read_end, self._write_end = os.pipe()

    def step_before_exec(self, death_signal: signal.Signals) -> Callable[[], None]:
        """Have the child report itself, so that a parent killed right after the fork leaves nothing behind."""
        self.check()

        def step() -> None:
            self._report(os.getpid(), death_signal)

        return step

    def add(self, pid: int, death_signal: signal.Signals) -> None:
        """Remember a child in case the watchdog must be replaced; the child has reported itself to the running one."""
        self._watched[pid] = death_signal

    def remove(self, pid: int) -> None:
        """Tell the watchdog that a child has ended."""
        self._watched.pop(pid, None)
        os.write(self._write_end, b"-%d\n" % pid)

    def check(self) -> None:
        """Start the watchdog, or another one in place of one that was killed."""
        if self._process is not None and self._process.poll() is None:
            return
        # Isolated and without site-packages, it starts in a few milliseconds and needs little memory.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__],
            stdin=self._read_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path("/"),
            start_new_session=True,
        )
        for pid, death_signal in self._watched.items():
            self._report(pid, death_signal)

    def _report(self, pid: int, death_signal: signal.Signals) -> None:
        os.write(self._write_end, b"+%d %d\n" % (pid, death_signal))


@cache
def of_this_platform() -> ParentDeath:
    """Return the best mechanism of this platform; one object for the whole process."""
    return KernelSignal() if sys.platform == "linux" else Watchdog()
