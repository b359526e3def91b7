"""Starts and stops child processes that end with their parent; the embedded stores and the supervisor use it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from standalone.child_processes import linux
from standalone.child_processes.identities import Identity
from standalone.child_processes.parent_death import ParentDeath, of_this_platform

Command = Sequence[str | Path]

TAIL_LINES = 10
POLL_SECONDS = 0.02
PAUSE_SECONDS = 0.5
MAX_RETRIES = 20


class ProcessError(Exception):
    """A child process cannot run; the message is shown to the user of `make run`."""


class SupervisedService(Protocol):
    """What the supervisor needs to know of a child process."""

    @property
    def name(self) -> str:
        """Name in messages and of the log file."""

    @property
    def stop_signal(self) -> signal.Signals:
        """The signal for an orderly shutdown."""

    def spawn(self, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start the process; its output goes to `log`."""

    def is_ready(self) -> bool:
        """Return whether it answers requests."""


class ChildProcess(subprocess.Popen[bytes]):
    """A child that ends with its parent; it is deregistered once its exit code is known."""

    def __init__(
        self, command: Sequence[str], parent_death: ParentDeath, death_signal: signal.Signals, **options: Any
    ) -> None:
        self._parent_death = parent_death
        try:
            super().__init__(command, **options)
        except BaseException:
            # It may have failed after the step that reported it.
            if getattr(self, "pid", None):
                parent_death.remove(self.pid)
            raise
        parent_death.add(self.pid, death_signal)

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._noted(super().poll())

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended; raises TimeoutExpired after `timeout` seconds."""
        code = super().wait(timeout)
        self._noted(code)
        return code

    def _noted(self, code: int | None) -> int | None:
        if code is not None:
            self._parent_death.remove(self.pid)
        return code


def spawn(
    command: Command,
    *,
    log: IO[bytes] | int,
    death_signal: signal.Signals,
    identity: Identity | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    parent_death: ParentDeath | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in its own session; it gets `death_signal` when this process ends, even by SIGKILL."""
    become = identity if identity and identity.alias is None and identity.uid != os.geteuid() else None
    parent_death = parent_death or of_this_platform()
    return ChildProcess(
        [str(part) for part in command],
        parent_death,
        death_signal,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
        cwd=folder,
        start_new_session=True,
        user=become.uid if become else None,
        group=become.gid if become else None,
        extra_groups=[] if become else None,
        preexec_fn=_first_steps(identity, parent_death.step_before_exec(death_signal)),
    )


def _first_steps(identity: Identity | None, last_step: Callable[[], None]) -> Callable[[], None]:
    def first_steps() -> None:
        # A shell starts background jobs with these ignored, and that would be inherited.
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        if identity and identity.alias is not None:
            linux.enter_namespace(identity.uid, identity.gid, identity.alias)
        # Last, because a change of credentials makes the kernel forget it.
        last_step()

    return first_steps


def can_run(
    identity: Identity, program: Path, folder: Path, *, parent_death: ParentDeath | None = None
) -> bool:
    """Return whether this identity can enter the folder and run the program, by trying it."""
    trial: Command = ["/bin/sh", "-c", 'test -x "$1" && exec "$2" --version', "sh", folder, program]
    try:
        child = spawn(
            trial,
            log=subprocess.DEVNULL,
            death_signal=signal.SIGKILL,
            identity=identity,
            parent_death=parent_death,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return child.wait() == 0


def start(
    service: SupervisedService, log_path: Path, *, timeout: float = 300, max_tries: int = MAX_RETRIES
) -> subprocess.Popen[bytes]:
    """Start a service that writes to a file, and wait until it answers; raises ProcessError if it never does."""
    with log_path.open("ab") as log:
        process = try_to_start(
            lambda: service.spawn(log), service.is_ready, timeout=timeout, max_tries=max_tries
        )
    if process is None:
        raise ProcessError(f"{service.name} does not start. The end of {log_path}:\n{tail(log_path)}")
    return process


def try_to_start(
    spawn: Callable[[], subprocess.Popen[bytes]],
    is_ready: Callable[[], bool],
    *,
    timeout: float = 300,
    max_tries: int = MAX_RETRIES,
    while_waiting: Callable[[], None] = lambda: None,
) -> subprocess.Popen[bytes] | None:
    """Start a process and wait until it answers; leftovers of an earlier process may need some retries.

    Returns None when it has ended `max_tries` times, or does not answer within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    for attempt in range(max_tries):
        time.sleep(PAUSE_SECONDS if attempt else 0)
        process = spawn()
        if _await_or_stop(process, is_ready, deadline, while_waiting):
            return process
        if time.monotonic() > deadline:
            break
    return None


def _await_or_stop(
    process: subprocess.Popen[bytes],
    is_ready: Callable[[], bool],
    deadline: float,
    while_waiting: Callable[[], None],
) -> bool:
    ready = False
    try:
        ready = await_ready(process, is_ready, deadline, while_waiting)
    finally:
        # Also when the wait is interrupted: no caller has a reference to this child yet.
        if not ready:
            stop(process, signal.SIGTERM)
    return ready


def await_ready(
    process: subprocess.Popen[bytes],
    is_ready: Callable[[], bool],
    deadline: float,
    while_waiting: Callable[[], None],
) -> bool:
    """Wait until the process answers; False when it exits first or the deadline passes."""
    while time.monotonic() < deadline and process.poll() is None:
        while_waiting()
        if is_ready():
            return True
        time.sleep(POLL_SECONDS)
    return False


def stop(process: subprocess.Popen[bytes], how: signal.Signals, *, timeout: float = 10) -> None:
    """Send a child the signal `how`; after `timeout` seconds, kill its whole process group."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.wait()


def wait_for_all(processes: Sequence[subprocess.Popen[bytes]], timeout: float) -> None:
    """Wait until all processes have exited, at most `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and any(process.poll() is None for process in processes):
        time.sleep(POLL_SECONDS)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group that a child leads, which holds its own children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def tail(log_path: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, indented, for the console."""
    try:
        text = log_path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return indented([])
    return indented(text.splitlines()[-lines:])


def indented(lines: Sequence[str]) -> str:
    """Return lines of a log as they are shown on the console."""
    return "\n".join(f"    {line}" for line in lines) or "    (no log)"
