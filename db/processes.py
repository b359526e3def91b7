"""Child processes that never outlive their parent: the ground under the private stores and `make run`."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

Command = Sequence[str | Path]

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
TAIL_LINES = 10
POLL_SECONDS = 0.02
PAUSE_SECONDS = 0.5

# Loaded before any fork: between fork and exec the child should only make system calls.
_libc = ctypes.CDLL(None, use_errno=True)


class ProcessError(Exception):
    """A process of ours cannot run; the message is for the person who started us."""


@dataclass(frozen=True)
class Identity:
    """Who a child is: the owner its files have on disk and, inside a user namespace, the name it goes by."""

    uid: int
    gid: int
    #: The user id the child sees as its own while the kernel still treats it as `uid`; None = no namespace.
    alias: int | None = None


class Service(Protocol):
    """A child process as its supervisor sees it."""

    @property
    def name(self) -> str:
        """What people call it, and its log file."""

    @property
    def stop_signal(self) -> signal.Signals:
        """What ends it in an orderly way."""

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it once."""

    def is_ready(self) -> bool:
        """Does it answer?"""


def spawn(
    command: Command,
    *,
    log: IO[bytes] | int,
    death_signal: signal.Signals,
    identity: Identity | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own that gets `death_signal` when we are gone, however we went."""
    become = identity if identity and identity.alias is None and identity.uid != os.geteuid() else None
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
        cwd=folder,
        start_new_session=True,
        user=become.uid if become else None,
        group=become.gid if become else None,
        extra_groups=[] if become else None,
        preexec_fn=_first_steps(death_signal, identity, os.getpid()),  # noqa: PLW1509 - started from the main thread
    )


def _first_steps(death_signal: signal.Signals, identity: Identity | None, parent: int) -> Callable[[], None]:
    def first_steps() -> None:
        # A shell starts background jobs with these ignored, and that would be inherited.
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        if identity and identity.alias is not None:
            _enter_namespace(identity, identity.alias)
        # Last, because a change of credentials makes the kernel forget it.
        die_with_parent(death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return first_steps


def die_with_parent(death_signal: signal.Signals) -> None:
    """Ask the kernel for this signal when our parent is gone; only Linux can promise it."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def _enter_namespace(identity: Identity, alias: int) -> None:
    """Become `alias` in a new user namespace, so a server that refuses root runs on root's own files."""
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespaces here")
    # Without "deny" the kernel accepts no group map from a process that left its old namespace.
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{alias} {identity.uid} 1"),
        ("gid_map", f"{alias} {identity.gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - few steps after a fork
            file.write(line)


def identities() -> list[Identity]:
    """Whom a server that refuses root may run as, best first; for a plain user that is just this user."""
    if os.geteuid() != 0:
        return [Identity(os.geteuid(), os.getegid())]
    people = {person.pw_name: person for person in pwd.getpwall() if person.pw_uid}
    servants = [people[name] for name in ("postgres", "nobody") if name in people]
    # The alias must be a user that exists: initdb looks its name up.
    aliases = [Identity(0, 0, alias=person.pw_uid) for person in people.values()]
    return [Identity(person.pw_uid, person.pw_gid) for person in servants] + aliases[:1]


def can_run(identity: Identity, program: Path, folder: Path) -> bool:
    """Try it out: may this identity reach the folder and run the program?"""
    trial: Command = ["/bin/sh", "-c", 'test -x "$1" && exec "$2" --version', "sh", folder, program]
    try:
        child = spawn(trial, log=subprocess.DEVNULL, death_signal=signal.SIGKILL, identity=identity)
    except (OSError, subprocess.SubprocessError):
        return False
    return child.wait() == 0


def start(
    service: Service,
    log_path: Path,
    *,
    patience: float = 300,
    tries: int = 20,
    while_waiting: Callable[[], None] = lambda: None,
) -> subprocess.Popen[bytes]:
    """Start a service and wait until it answers; what an earlier life left may need some tries to go away."""
    deadline = time.monotonic() + patience
    with log_path.open("ab") as log:
        for attempt in range(tries):
            time.sleep(PAUSE_SECONDS if attempt else 0)
            process = service.spawn(log)
            if _await_or_stop(process, service.is_ready, deadline, while_waiting):
                return process
            if time.monotonic() > deadline:
                break
    raise does_not_start(service.name, log_path)


def does_not_start(name: str, log_path: Path) -> ProcessError:
    """The error that names the child and shows the end of its log."""
    return ProcessError(f"{name} does not start. The end of {log_path}:\n{tail(log_path)}")


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
        # Also when the wait is cut short: nobody else knows this child yet.
        if not ready:
            stop(process, signal.SIGTERM)
    return ready


def await_ready(
    process: subprocess.Popen[bytes],
    is_ready: Callable[[], bool],
    deadline: float,
    while_waiting: Callable[[], None],
) -> bool:
    """Wait for the answer; False when the process ended first or the time is over."""
    while time.monotonic() < deadline and process.poll() is None:
        while_waiting()
        if is_ready():
            return True
        time.sleep(POLL_SECONDS)
    return False


def stop(process: subprocess.Popen[bytes], how: signal.Signals, *, patience: float = 10) -> None:
    """End a child in its own way, and after some patience with all that shares its process group."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.wait()


def wait_for_all(processes: Sequence[subprocess.Popen[bytes]], patience: float) -> None:
    """Wait until all have ended, or the patience has."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(process.poll() is None for process in processes):
        time.sleep(POLL_SECONDS)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child and its children; our children each lead a group of their own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def tail(log_path: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, indented, for the console."""
    try:
        text = log_path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
