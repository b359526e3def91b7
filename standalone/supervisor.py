"""`make run`: starts the stores and every process in order, keeps them alive, and stops them together."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import TextIO, TypeVar

from db.accounts.administration import UserAdmin
from db.connection import Database
from db.errors import StorageError, StorageUnavailable
from db.migrate import MigrationError, migrate
from standalone.child_logs import ChildLogs
from standalone.child_processes.parent_death import ParentDeath, of_this_platform
from standalone.child_processes.processes import (
    ProcessError,
    SupervisedService,
    kill_group,
    stop,
    try_to_start,
    wait_for_all,
)
from standalone.disk_space import DiskSpace
from standalone.embedded_postgres import EmbeddedPostgres, remove_socket_folder
from standalone.embedded_valkey import EmbeddedValkey
from standalone.first_run import create_first_admin, welcome
from standalone.home import exclusive_lock, save_settings
from standalone.programs import Child, Probe, Program, read_procfile
from standalone.run_config import Addresses, RunSettings

CHECK_EVERY_SECONDS = 0.2
START_POLL_SECONDS = 0.05
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 5.0

AfterStart = Callable[[Addresses], None]
Result = TypeVar("Result")


class StopRequested(Exception):
    """Ctrl-C, SIGTERM or a closed terminal ends the run."""


class ShutdownSignal:
    """Records stop signals for `check`; raising in the signal handler could interrupt a database driver."""

    def __init__(self) -> None:
        self._received = False
        self._parent: int | None = None

    def listen(self, *, ends_with_parent: bool = False) -> None:
        """Handle stop signals, also an ignored SIGINT (background job); an ignored SIGHUP (`nohup`) stays ignored."""
        if ends_with_parent:
            self._parent = os.getppid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._receive)

    def _receive(self, _number: int, _frame: object) -> None:
        self._received = True

    def check(self) -> None:
        """Raise StopRequested after a stop signal, or when the parent that this process should end with is gone."""
        if self._received or self._parent not in (None, os.getppid()):
            raise StopRequested


class BackgroundTask(threading.Thread):
    """Runs a function while the supervisor watches the children; keeps the error that it raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        """Run the function, and store its error."""
        try:
            self._work()
        except BaseException as error:
            self.error = error


def run(
    settings: RunSettings,
    *,
    demo: bool = False,
    after_start: AfterStart | None = None,
    parent_death: ParentDeath | None = None,
) -> int:
    """Start everything, run until a stop signal arrives, and return the exit code.

    `parent_death` is how children learn that this process is gone; chosen by platform if not given.
    """
    shutdown = ShutdownSignal()
    shutdown.listen(ends_with_parent=bool(settings.makelevel))
    try:
        with exclusive_lock(settings.home):
            settings.require_free_ports()
            settings.require_writable_export_folder()
            _run_until_stopped(
                Supervisor(settings, shutdown, parent_death or of_this_platform()), demo, after_start
            )
    except StopRequested:
        return 0
    except ProcessError as error:
        return _fail(str(error))
    except (MigrationError, StorageError) as error:
        return _fail(f"The database cannot be used: {error}")
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    return 0


def _run_until_stopped(supervisor: "Supervisor", demo: bool, after_start: AfterStart | None) -> None:
    try:
        supervisor.start()
        supervisor.welcome_first_admin()
        if after_start:
            supervisor.watch_during(after_start)
        supervisor.greet(demo=demo)
        supervisor.watch()
    finally:
        _say("\nStopping.")
        supervisor.stop()


class Supervisor:
    """The children of one run: the stores it starts itself, then the programs of the Procfile."""

    def __init__(self, settings: RunSettings, shutdown: ShutdownSignal, parent_death: ParentDeath) -> None:
        self.settings = settings
        self.shutdown = shutdown
        self.parent_death = parent_death
        self.disk = DiskSpace(settings.home)
        self.commands = read_procfile(settings.procfile)
        self.logs = ChildLogs(settings.home, ("postgres", "valkey", *self.commands))
        self.stores: list[Child] = []
        self.programs: list[Child] = []

    def start(self) -> None:
        """Start the stores, migrate the database, then start the programs."""
        save_settings(self.settings.home, self.settings.shared_settings())
        self.logs.check()
        if self.settings.database_url is None:
            postgres = EmbeddedPostgres(
                self.settings.home, binaries=self.settings.pg_bin, parent_death=self.parent_death
            )
            postgres.prepare()
            self._start_store(postgres)
        if self.settings.redis_url is None:
            valkey = EmbeddedValkey(self.settings.home, parent_death=self.parent_death)
            valkey.prepare()
            self._start_store(valkey)
        self._with_database(lambda: migrate(self.settings.postgres))
        _say_ready("database")
        self._start_programs()

    def _start_store(self, service: SupervisedService) -> None:
        child = Child(service, self.logs.of(service.name), self.disk)
        if try_to_start(child.spawn, service.is_ready, while_waiting=self._check) is None:
            raise child.does_not_start()
        child.proven = True
        self.stores.append(child)
        _say_ready(service.name)

    def _start_programs(self) -> None:
        """Start all programs in parallel, since most of the time goes into imports, then wait for each."""
        environment = self.settings.environment()
        ports = {"ingest": self.settings.ingest_port, "analytics": self.settings.analytics_port}
        for name, command in self.commands.items():
            if name == "release":
                continue
            probe = Probe(self.settings.host, ports[name]) if name in ports else None
            program = Program(name, command, environment, probe, self.parent_death)
            child = Child(program, self.logs.of(name), self.disk, self._store_failed)
            self.programs.append(child)
            child.spawn()
        for child in self.programs:
            self._await(child)
            # A program without an address has only shown that it runs, not that it works.
            child.proven = child.proven or child.service.name in ports
            _say_ready(child.service.name)

    def _await(self, child: Child) -> None:
        began = time.monotonic()
        while not child.is_ready():
            self._check()
            if time.monotonic() - began > START_TIMEOUT_SECONDS:
                if not self._store_failed(began):
                    raise child.does_not_start()
                began = time.monotonic()
            time.sleep(START_POLL_SECONDS)

    def _with_database(self, work: Callable[[], Result]) -> Result:
        """Return what `work` returns; call it again while a store that was up before is failing."""
        while True:
            began = time.monotonic()
            try:
                return work()
            except StorageUnavailable:
                if not self._store_failed(began):
                    raise
            self._check()
            time.sleep(CHECK_EVERY_SECONDS)

    def _store_failed(self, since: float) -> bool:
        """Return whether a store of this run was restarted since then, does not answer, or has no disk space."""
        return bool(self.stores) and (
            self.disk.is_full()
            or any(store.started_at > since or not store.is_ready() for store in self.stores)
        )

    def welcome_first_admin(self) -> None:
        """Add an admin at the first run, and print the credentials, which are not stored in clear text."""
        with closing(Database(self.settings.postgres, pool_size=1)) as database:
            user_admin = UserAdmin(database, self.settings.insights_key_prefix, program="make run")
            in_leaderboard = self.settings.insights_leaderboard_default
            admin = self._with_database(lambda: create_first_admin(user_admin, in_leaderboard=in_leaderboard))
        if admin:
            _say(welcome(admin, self.settings.addresses.ingest, datetime.now(UTC)))

    def greet(self, *, demo: bool) -> None:
        """Print the addresses of this run."""
        addresses = self.settings.addresses
        _say(f"\n{'The demo' if demo else 'Insights'} is running. Ctrl-C stops it.\n")
        _say(f"  dashboard  {addresses.analytics}\n  uploads    {addresses.ingest}")
        _say(f"  data       {self.settings.home}")

    def watch(self) -> None:
        """Check all children until a stop signal arrives; raises StopRequested."""
        while True:
            self._check()
            time.sleep(CHECK_EVERY_SECONDS)

    def watch_during(self, after_start: AfterStart) -> None:
        """Check all children while `after_start` runs; raises its error."""
        task = BackgroundTask(lambda: after_start(self.settings.addresses))
        task.start()
        while task.is_alive():
            self._check()
            time.sleep(CHECK_EVERY_SECONDS)
        if task.error:
            raise task.error

    def _check(self) -> None:
        """Check the parent, the logs, the disk and all children; raises StopRequested or ProcessError."""
        self.shutdown.check()
        self.parent_death.check()
        self.logs.check()
        for report in (
            self.disk.poll(time.monotonic()),
            *(child.poll() for child in [*self.stores, *self.programs]),
        ):
            if report:
                _say(report, sys.stderr)

    def stop(self) -> None:
        """Stop the programs together, then the stores in reverse order."""
        programs = [child.process for child in reversed(self.programs) if child.process]
        # A second SIGTERM makes a worker drop its current job; the job will run again.
        for _ in range(2):
            for process in programs:
                process.send_signal(signal.SIGTERM)
            wait_for_all(programs, STOP_TIMEOUT_SECONDS)
        for process in programs:
            kill_group(process)
        for child in reversed(self.stores):
            if child.process:
                stop(child.process, child.service.stop_signal)
        remove_socket_folder(self.settings.home)
        self.logs.close()


def _say_ready(name: str) -> None:
    _say(f"{name:<10} ready")


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print to stdout or another stream; a stream that cannot be written to does not end the run."""
    stream = stream or sys.stdout
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError:
        # The stream is a file on a full disk. The text stays in its buffer until the next write.
        return


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
