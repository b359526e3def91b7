"""The real ingest as the Procfile starts it, and the reverse proxy of docker-compose.yml in front of it."""

import os
import signal
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from db.accounts import api_keys, users
from db.config import CHECKOUT
from db.connection import Database
from standalone.child_processes.processes import start, stop
from standalone.programs import Probe, Program, read_procfile
from tests.integration.conftest import fresh_database
from tests.integration.people import enrol
from tests.integration.proxy.running import Front, free_port, require_nginx, running_proxy


class Ingest(NamedTuple):
    """A running ingest, and a key that it knows."""

    port: int
    key: str


@pytest.fixture(scope="package")
def ingest(postgres: str, valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    require_nginx()
    with fresh_database(postgres) as url:
        database = Database(url, pool_size=1, deadline=5)
        key = api_keys.new_key("dkd_sk_")
        user_id = enrol(database, "alice").user_id
        users.issue_key(database, user_id=user_id, label="test", prefix=key.prefix, key_hash=key.key_hash)
        database.close()
        port = free_port()
        environment = os.environ | {
            "BIND_ADDRESS": "127.0.0.1",
            "INGEST_PORT": str(port),
            "DATABASE_URL": url,
            "REDIS_URL": valkey,
            "PATH": f"{CHECKOUT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        command = read_procfile(CHECKOUT / "Procfile")["ingest"]
        program = Program("ingest", command, environment, Probe("127.0.0.1", port))
        process = start(program, tmp_path_factory.mktemp("ingest") / "log", timeout=60, max_tries=1)
        yield Ingest(port, key.raw)
        stop(process, signal.SIGTERM)


@pytest.fixture(scope="package")
def key(ingest: Ingest) -> str:
    return ingest.key


@pytest.fixture(scope="package")
def front(ingest: Ingest) -> Iterator[Front]:
    """The proxy; its dashboard is away."""
    with running_proxy({"ingest": ingest.port, "analytics": free_port()}) as front:
        yield front
