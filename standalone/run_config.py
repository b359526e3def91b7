"""Settings that `make run` reads from the environment and passes on to the processes it starts."""

import errno
import os
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, model_validator

from db.config import (
    CHECKOUT,
    AnalyticsPortSettings,
    ApiKeySettings,
    BindSettings,
    IngestPortSettings,
    NewUserSettings,
    SecretSettings,
)
from standalone.child_processes.processes import ProcessError
from standalone.home import secret_key
from tasks.config import ScheduleSettings, WorkerSettings

PORT_TIMEOUT_SECONDS = 2.0
#: Bound to these, a server also answers on this machine's own address.
EVERYWHERE = ("0.0.0.0", "::", "[::]")  # noqa: S104 - compared with, not bound to

LOOPBACK = "127.0.0.1"


def programs_folder(value: Path) -> Path:
    """Accept only a folder with PostgreSQL's programs."""
    if not (value / "postgres").is_file():
        raise ValueError("must be a folder with PostgreSQL's programs")
    return value


@dataclass(frozen=True)
class Addresses:
    """Base URLs of the two web processes."""

    ingest: str
    analytics: str


class RunSettings(
    WorkerSettings,
    ScheduleSettings,
    ApiKeySettings,
    NewUserSettings,
    BindSettings,
    IngestPortSettings,
    AnalyticsPortSettings,
    SecretSettings,
):
    """The settings of `make run`, with those of the worker and the scheduler."""

    #: The names and commands of the processes to start.
    procfile: Path = CHECKOUT / "Procfile"
    #: A folder with PostgreSQL's programs, on platforms without a package for them.
    pg_bin: Annotated[Path, AfterValidator(programs_folder)] | None = None
    #: Set by make for what it starts; such a run ends with its make.
    makelevel: int = 0

    @model_validator(mode="after")
    def _two_ports(self) -> "RunSettings":
        if self.ingest_port == self.analytics_port:
            raise ValueError(
                f"INGEST_PORT and ANALYTICS_PORT are both {self.ingest_port}: change one of them."
            )
        return self

    @property
    def home(self) -> Path:
        """The absolute path of the data folder."""
        return self.insights_home.resolve()

    @property
    def host(self) -> str:
        """The host name under which this machine reaches the web processes."""
        return LOOPBACK if self.bind_address in (None, *EVERYWHERE) else str(self.bind_address)

    @property
    def addresses(self) -> Addresses:
        """The base URLs for browsers and agents."""
        return Addresses(
            ingest=f"http://{self.host}:{self.ingest_port}",
            analytics=f"http://{self.host}:{self.analytics_port}",
        )

    def environment(self) -> dict[str, str]:
        """Return this process's environment with all defaults filled in, so that every child uses the same values."""
        programs = Path(sys.executable).parent
        return {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "INSIGHTS_HOME": str(self.home),
            "DATABASE_URL": self.postgres,
            "REDIS_URL": self.redis,
            "EXPORT_URL": self.export_location,
            "SECRET_KEY": self.secret_key or secret_key(self.home),
            "BIND_ADDRESS": self.bind_address or LOOPBACK,
            "INGEST_PORT": str(self.ingest_port),
            "ANALYTICS_PORT": str(self.analytics_port),
        }

    def shared_settings(self) -> dict[str, Any]:
        """Return the settings that the admin CLI must share with this run."""
        settings: dict[str, Any] = {
            "database_url": self.database_url,
            "redis_url": self.redis_url,
            "export_url": self.export_location,
            "aws_endpoint_url": self.aws_endpoint_url,
            "aws_region": self.aws_region,
            "insights_key_prefix": self.insights_key_prefix,
            "insights_leaderboard_default": self.insights_leaderboard_default,
        }
        return {name: value for name, value in settings.items() if value is not None}

    def require_free_ports(self, *, timeout: float = PORT_TIMEOUT_SECONDS) -> None:
        """Raise ProcessError if another program uses one of the two ports."""
        for setting, port in (("INGEST_PORT", self.ingest_port), ("ANALYTICS_PORT", self.analytics_port)):
            reason = why_not_bind(self.bind_address or LOOPBACK, port, timeout=timeout)
            if reason:
                raise ProcessError(f"Port {port} of {self.host} cannot be used ({reason}): set {setting}.")

    def require_writable_export_folder(self) -> None:
        """Raise ProcessError if the export folder is not writable; a full disk is no error, as it may be freed."""
        folder = self.export_folder
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with tempfile.TemporaryFile(dir=folder):
                    pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise ProcessError(
                    f"EXPORT_URL: {folder} cannot be written ({(error.strerror or str(error)).lower()})."
                ) from None


def why_not_bind(address: str, port: int, *, timeout: float = PORT_TIMEOUT_SECONDS) -> str | None:
    """Return why a server cannot bind this port, or None; retries for `timeout` seconds while it is in use."""
    host = address.strip("[]")
    deadline = time.monotonic() + timeout
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                    return (error.strerror or str(error)).lower()
            else:
                return None
        time.sleep(0.1)
