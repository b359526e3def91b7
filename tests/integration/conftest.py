"""Real stores for the second floor: one private PostgreSQL and Valkey a run, a fresh copy of the schema a test."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis

from db import migrate
from db.accounts.account_records import Account
from db.connection import Database
from db.statements import parse, statements
from standalone.embedded_postgres import EmbeddedPostgres
from standalone.embedded_valkey import EmbeddedValkey
from tests.integration.people import enrol

TEMPLATE = "insights_template"
# A folder that is memory, if there is one with room: hundreds of databases come and go, and most of that is files.
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024**3
# The tests' own questions, beside the product's statements and never among them.
statements().update(parse((Path(__file__).parent / "queries.sql").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def stores_home() -> Iterator[Path]:
    """A short folder that a dropped-privilege server may enter."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    home = Path(tempfile.mkdtemp(prefix="insights-test-", dir=MEMORY if roomy else None))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(stores_home: Path) -> Iterator[str]:
    """The URL of a private PostgreSQL whose template database holds the schema."""
    with EmbeddedPostgres(stores_home) as url:
        # Hundreds of databases come and go here, and none has to outlive a power cut.
        _run(url, "ALTER SYSTEM SET fsync = off")
        _run(url, "SELECT pg_reload_conf()")
        _run(url, f"CREATE DATABASE {TEMPLATE}")
        migrate.migrate(_sibling(url, TEMPLATE))
        yield url


@contextmanager
def fresh_database(postgres: str) -> Iterator[str]:
    """The URL of a database with the schema, gone afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    _run(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield _sibling(postgres, name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def exported(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """One made-up team, in the rollups and in files, for all who only read."""
    # Who asks for it has the dashboard at hand; nobody else has to wait for that.
    from tests.integration.exported import exported_team

    with fresh_database(postgres) as url, exported_team(url, tmp_path_factory.mktemp("analyst")) as team:
        yield team


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """The URL of a database of this test's own."""
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A pool on a database of this test's own."""
    pool = Database(database_url, pool_size=4, deadline=5)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def valkey(stores_home: Path) -> Iterator[str]:
    """The URL of a private Valkey."""
    with EmbeddedValkey(stores_home) as url:
        yield url


@pytest.fixture
def redis_url(valkey: str) -> str:
    """The same Valkey, emptied."""
    with closing(redis.Redis.from_url(valkey)) as client:
        client.flushall()
    return valkey


@pytest.fixture
def alice(database: Database) -> Account:
    """Alice shares her texts, and owns what the tests look at."""
    return enrol(database, "alice", share_level="full")


@pytest.fixture
def bob(database: Database) -> Account:
    """Bob is in the team, at the default level."""
    return enrol(database, "bob")


@pytest.fixture
def charlie(database: Database) -> Account:
    """Charlie must see nothing that is not his, and shares nothing."""
    return enrol(database, "charlie", share_level="none", show_in_leaderboard=False)


@pytest.fixture
def admin(database: Database) -> Account:
    """The admin."""
    return enrol(database, "ada", role="admin")


def _sibling(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{query}"


def _run(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
