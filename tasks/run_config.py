"""What `make run` reads from the environment, and what it hands on to the processes it starts."""

import errno
import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from db.config import CHECKOUT, SecretKey, Surroundings
from db.processes import ProcessError
from tasks.config import TaskSettings
from tasks.home import secret_key

PORT_PATIENCE_SECONDS = 2.0
#: Bound to these, a server also answers on this machine's own address.
EVERYWHERE = ("0.0.0.0", "::", "[::]")  # noqa: S104 - compared with, not bound to

Port = Annotated[int, Field(ge=1, le=65535)]


@dataclass(frozen=True)
class Addresses:
    """Where the two web processes answer."""

    ingest: str
    analytics: str


class RunSettings(TaskSettings):
    """The settings of `make run` itself; each process reads its own besides."""

    #: Port of the ingest API.
    ingest_port: Port = 8080
    #: Port of the dashboard.
    analytics_port: Port = 8081
    #: Where both listen; `make run` is for this machine alone unless told otherwise.
    bind_address: str = "127.0.0.1"
    #: Only "development" accepts the secret that everybody can read.
    insights_env: Surroundings = "production"
    #: Signs logins; unset or empty = one made once and kept in the data folder.
    secret_key: Annotated[SecretKey | None, BeforeValidator(lambda value: value or None)] = None
    #: The names and commands of the processes to start.
    procfile: Path = CHECKOUT / "Procfile"
    #: A folder with PostgreSQL's programs, where no package brings them.
    pg_bin: Path | None = None
    #: Set by make for what it starts; such a run ends with its make.
    makelevel: int = 0

    @property
    def home(self) -> Path:
        """The data folder, wherever we stand."""
        return self.insights_home.resolve()

    @property
    def host(self) -> str:
        """Where this machine reaches the web processes."""
        return "127.0.0.1" if self.bind_address in EVERYWHERE else self.bind_address

    @property
    def addresses(self) -> Addresses:
        """Where people and agents find this run."""
        return Addresses(
            ingest=f"http://{self.host}:{self.ingest_port}",
            analytics=f"http://{self.host}:{self.analytics_port}",
        )

    def environment(self) -> dict[str, str]:
        """Our own environment with every choice spelled out, so no process has to choose again."""
        programs = Path(sys.executable).parent
        return {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "INSIGHTS_HOME": str(self.home),
            "DATABASE_URL": self.postgres,
            "REDIS_URL": self.redis,
            "SECRET_KEY": self.secret_key or secret_key(self.home),
            "BIND_ADDRESS": self.bind_address,
            "INGEST_PORT": str(self.ingest_port),
            "ANALYTICS_PORT": str(self.analytics_port),
        }

    def told(self) -> dict[str, Any]:
        """What others who work on this run's data must know, wherever they stand."""
        settings: dict[str, Any] = {
            "database_url": self.database_url,
            "redis_url": self.redis_url,
            "export_url": self.export_target,
            "aws_endpoint_url": self.aws_endpoint_url,
            "aws_region": self.aws_region,
            "insights_key_prefix": self.insights_key_prefix,
            "insights_leaderboard_default": self.insights_leaderboard_default,
        }
        return {name: value for name, value in settings.items() if value is not None}

    def refuse_taken_ports(self, *, patience: float = PORT_PATIENCE_SECONDS) -> None:
        """Say so before anything starts, when another program listens where we would."""
        if self.ingest_port == self.analytics_port:
            raise ProcessError(
                f"INGEST_PORT and ANALYTICS_PORT are both {self.ingest_port}: change one of them."
            )
        for setting, port in (("INGEST_PORT", self.ingest_port), ("ANALYTICS_PORT", self.analytics_port)):
            reason = why_not_bind(self.bind_address, port, patience=patience)
            if reason:
                raise ProcessError(
                    f"Port {port} of {self.bind_address} cannot be used ({reason}): set {setting}."
                )


def why_not_bind(address: str, port: int, *, patience: float = PORT_PATIENCE_SECONDS) -> str | None:
    """Why a server could not listen there, or None; what a killed run left gets a moment to go away."""
    host = address.strip("[]")
    deadline = time.monotonic() + patience
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
