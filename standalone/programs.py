"""The processes of the Procfile as children of `make run`, and what follows when one of them dies."""

import http.client
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from db.config import CHECKOUT
from standalone.child_logs import ChildLog
from standalone.child_processes.parent_death import ParentDeath
from standalone.child_processes.processes import ProcessError, SupervisedService, kill_group, spawn
from standalone.disk_space import DiskSpace

PROCFILE_LINE = re.compile(r"^([a-z]+): *(\S.*)$")

FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 30.0
#: A process that ran for so long counts as healthy; a later exit is not an early death.
LONG_LIFE_SECONDS = 4.0
DEATH_LOG_LINES = 5
KILLED_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def read_procfile(path: Path) -> dict[str, str]:
    """Return the commands of the Procfile by name, in the order in which they start."""
    matches = (PROCFILE_LINE.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in matches if match}


@dataclass(frozen=True)
class Probe:
    """An HTTP address; any response below 500 shows that the web process serves."""

    host: str
    port: int

    def answers(self) -> bool:
        """Send one request; False without a response or for a 5xx."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass(frozen=True)
class Program:
    """One line of the Procfile, as a child."""

    name: str
    command: str
    environment: Mapping[str, str]
    probe: Probe | None = None
    parent_death: ParentDeath | None = None
    stop_signal = signal.SIGTERM

    def spawn(self, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start it through a shell, which expands variables and then execs the command."""
        # Gunicorn takes its workers along when asked to quit; a worker waiting for Redis hears only SIGKILL.
        death_signal = signal.SIGQUIT if self.probe else signal.SIGKILL
        return spawn(
            ["/bin/sh", "-c", f"exec {self.command}"],
            log=log,
            death_signal=death_signal,
            environment=self.environment,
            folder=CHECKOUT,
            parent_death=self.parent_death,
        )

    def is_ready(self) -> bool:
        """Return whether it answers; a program without an address is ready as long as it runs."""
        return self.probe is None or self.probe.answers()


class StoreFailed(Protocol):
    """Returns whether a store has failed, which excuses the exit of a program."""

    def __call__(self, since: float) -> bool:
        """Return whether a store failed since then (monotonic seconds) or is failing now."""


class Child:
    """A supervised service, its current process, and how often in a row it exited early."""

    def __init__(
        self,
        service: SupervisedService,
        log: ChildLog,
        disk: DiskSpace,
        store_failed: StoreFailed = lambda since: False,
    ) -> None:
        """`disk` holds its data; `store_failed` excuses a death during the first start."""
        self.service = service
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        #: It has worked at least once in this run: from then on it is started again without end.
        self.proven = False
        self._disk = disk
        self._store_failed = store_failed
        self._early_deaths = 0
        self._resume_at = 0.0

    def spawn(self, now: float | None = None) -> subprocess.Popen[bytes]:
        """Start its process, which writes to its log."""
        self.started_at = time.monotonic() if now is None else now
        self.process = self.service.spawn(self.log.write_end)
        return self.process

    def is_ready(self) -> bool:
        """Return whether it runs and, if it has an address, answers there."""
        return self.process is not None and self.process.poll() is None and self.service.is_ready()

    def poll(self, now: float | None = None) -> str | None:
        """Restart it when that is due; return a message when its state has changed.

        Raises ProcessError when it exits by itself before it ever worked, and no store has failed.
        """
        now = time.monotonic() if now is None else now
        if self.process is None:
            return self._restart(now) if now >= self._resume_at else None
        code = self.process.poll()
        if code is not None:
            return self._on_exit(self.process, code, now)
        if now - self.started_at < LONG_LIFE_SECONDS:
            return None
        recovered, self._early_deaths, self.proven = self._early_deaths > 1, 0, True
        return f"{self.service.name} stays up again." if recovered else None

    def _restart(self, now: float) -> str | None:
        try:
            self.spawn(now)
        except (OSError, subprocess.SubprocessError) as error:
            self._early_deaths += 1
            return self._pause(f"cannot be started ({error})", now)
        return None

    def _on_exit(self, process: subprocess.Popen[bytes], code: int, now: float) -> str | None:
        # Its remaining children, such as gunicorn's workers, would hold its port.
        kill_group(process)
        self.process = None
        killed = -code in KILLED_FROM_OUTSIDE
        if not (self.proven or killed or self._store_failed(self.started_at)):
            raise self.does_not_start()
        # A kill from outside, or an exit after a long time, is no early death.
        if now - self.started_at >= LONG_LIFE_SECONDS:
            self._early_deaths = 0
        elif not killed:
            self._early_deaths += 1
        return self._pause(describe_exit(code), now)

    def _pause(self, what: str, now: float) -> str | None:
        pause = pause_after(self._early_deaths)
        self._resume_at = now + pause
        if pause < MAX_PAUSE_SECONDS:
            return self._report(f"{self.service.name} {what}; it starts again in {pause:g} s")
        if pause_after(self._early_deaths - 1) < MAX_PAUSE_SECONDS:
            return self._report(
                f"{self.service.name} {what}; it is tried again every {pause:g} s from now on"
            )
        # Repeating the same message would fill the console.
        return None

    def _report(self, sentence: str) -> str:
        last_lines = self.log.tail(DEATH_LOG_LINES)
        reason = self._disk.reason(last_lines)
        return f"{sentence}. {reason}" if reason else f"{sentence}. The end of its log:\n{last_lines}"

    def does_not_start(self) -> ProcessError:
        """Return the error that names it and shows the end of its log."""
        last_lines = self.log.tail()
        reason = self._disk.reason(last_lines)
        because = f" {reason}" if reason else ""
        return ProcessError(
            f"{self.service.name} does not start.{because} The end of {self.log.path}:\n{last_lines}"
        )


def pause_after(early_deaths: int) -> float:
    """Return how many seconds to wait before the next start, given the early deaths in a row."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** max(0, early_deaths - 1), MAX_PAUSE_SECONDS)


def describe_exit(code: int) -> str:
    """What an exit code says, in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
