"""The watchdog process: ends the children of a parent that is gone, on systems whose kernel sends no death signal.

It reads lines from a pipe: `+PID SIGNAL` for a child to watch, `-PID` for one that has ended. Only the parent, and a
child before its exec, hold the other end, so the pipe ends with the parent, however that went.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.02


def main() -> None:
    """Read until the pipe ends, then end the children; signals of the terminal are ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    end_all(read(sys.stdin.buffer))


def read(lines: Iterable[bytes]) -> dict[int, int]:
    """Return the death signal of each child that is still watched when the lines end."""
    watched: dict[int, int] = {}
    for line in lines:
        pid, *death_signal = line[1:].split()
        if line.startswith(b"+"):
            watched[int(pid)] = int(death_signal[0])
        else:
            watched.pop(int(pid), None)
    return watched


def end_all(watched: dict[int, int], timeout: float = TIMEOUT_SECONDS) -> None:
    """Send each child its signal, wait, and kill what is left in their process groups after `timeout` seconds."""
    for pid, death_signal in watched.items():
        if is_ours(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, death_signal)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and any(map(is_ours, watched)):
        time.sleep(POLL_SECONDS)
    for pid in watched:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def is_ours(pid: int) -> bool:
    """Tell whether the process still leads its own session, as every child does and hardly any other process."""
    try:
        return os.getsid(pid) == pid
    except (ProcessLookupError, PermissionError):
        return False


if __name__ == "__main__":
    main()
