"""The processes of the Procfile as children of `make run`, and what follows when one of them dies."""

import http.client
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db.config import CHECKOUT
from db.parent_death import ParentDeath
from db.processes import ProcessError, Service, kill_group, spawn, tail

PROCFILE_LINE = re.compile(r"^([a-z]+): *(\S.*)$")

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
DEATHS_COUNT_SECONDS = 60.0
#: Whoever lived so long was well: its death is no sign that the next life will be short.
LONG_LIFE_SECONDS = 4.0
DEATHS_THAT_END_THE_RUN = 5


def read_procfile(path: Path) -> dict[str, str]:
    """The commands of the house by their names, in the order in which they start."""
    matches = (PROCFILE_LINE.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in matches if match}


@dataclass(frozen=True)
class Probe:
    """An address that answers once a web process serves, whatever it answers."""

    host: str
    port: int

    def answers(self) -> bool:
        """Ask once."""
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

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it once, through a shell that fills in the variables and then is it."""
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
        """Does it answer? What has no address counts as ready while it lives."""
        return self.probe is None or self.probe.answers()


class Child:
    """A service, its present process, and how often it died lately."""

    def __init__(self, service: Service, log_path: Path) -> None:
        self.service = service
        self.log_path = log_path
        self.process: subprocess.Popen[bytes] | None = None
        self._born_at = 0.0
        self._deaths: list[float] = []
        self._resume_at = 0.0

    def spawn(self, now: float | None = None) -> subprocess.Popen[bytes]:
        """Start its process, which writes to its log."""
        self._born_at = time.monotonic() if now is None else now
        with self.log_path.open("ab") as log:
            self.process = self.service.spawn(log)
        return self.process

    def tend(self, now: float | None = None) -> str | None:
        """See to it; returns a sentence when something happened, raises ProcessError when it is hopeless."""
        now = time.monotonic() if now is None else now
        if self.process is None:
            if now >= self._resume_at:
                self.spawn(now)
            return None
        code = self.process.poll()
        return None if code is None else self._mourn(self.process, code, now)

    def _mourn(self, process: subprocess.Popen[bytes], code: int, now: float) -> str:
        # What it leaves behind, such as gunicorn's workers, would hold its port.
        kill_group(process)
        self.process = None
        self._deaths = [death for death in self._deaths if now - death < DEATHS_COUNT_SECONDS]
        # Killed from outside, or after a long life, is not dying of itself.
        if code != -signal.SIGKILL and now - self._born_at < LONG_LIFE_SECONDS:
            self._deaths.append(now)
        if len(self._deaths) >= DEATHS_THAT_END_THE_RUN:
            raise ProcessError(
                f"{self.service.name} keeps dying, so this run ends. "
                f"The end of {self.log_path}:\n{tail(self.log_path)}"
            )
        pause = pause_after(len(self._deaths))
        self._resume_at = now + pause
        return f"{self.service.name} {describe_exit(code)}; it starts again in {pause:g} s"


def pause_after(deaths: int) -> float:
    """How long to wait before the next life, given the early deaths of the last minute."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** max(0, deaths - 1), LONGEST_PAUSE_SECONDS)


def describe_exit(code: int) -> str:
    """What an exit code says, in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
