"""The private PostgreSQL keeps its rows through whatever ends it, and opens for whoever started it last."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from db.private_address import database_url, socket_folder
from standalone.child_processes import processes
from standalone.embedded_postgres import EmbeddedPostgres, make_log_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has several users to run a server as")


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="insights-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def write_row(url: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        cursor.execute("INSERT INTO kept VALUES (1)")


def count_rows(url: str) -> int:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        return int(cursor.fetchone()[0])


def started(server: EmbeddedPostgres) -> subprocess.Popen[bytes]:
    server.prepare()
    return processes.start(server, make_log_folder(server.home) / "postgres.log")


def test_rows_are_there_after_a_kill_and_an_immediate_new_start(home: Path):
    server = EmbeddedPostgres(home)
    first = started(server)
    write_row(database_url(home))
    first.kill()
    first.wait()

    with EmbeddedPostgres(home) as url:
        assert count_rows(url) == 1


def test_a_first_start_cut_off_in_the_middle_does_not_spoil_the_next(home: Path):
    half = home / "postgres.new" / "base"
    half.mkdir(parents=True)
    (half / "torn").touch()

    with EmbeddedPostgres(home) as url:
        write_row(url)
        assert count_rows(url) == 1


def test_a_folder_with_a_long_name_full_of_odd_characters_works(home: Path):
    odd = home / ('two words, "quotes" & 50%' + "-long" * 16)
    odd.mkdir(mode=0o711)

    with EmbeddedPostgres(odd) as url:
        write_row(url)
        assert count_rows(url) == 1
    socket_folder(odd).rmdir()


def test_nothing_listens_but_a_socket_in_a_private_folder(home: Path):
    with EmbeddedPostgres(home) as url, closing(psycopg2.connect(url)) as connection:
        assert connection.info.host == str(home / "run")
        with connection.cursor() as cursor:
            cursor.execute("SHOW listen_addresses")
            assert cursor.fetchone() == ("",)


@as_root
def test_rows_made_by_another_user_open_in_a_folder_closed_to_that_user(home: Path):
    with EmbeddedPostgres(home) as url:
        write_row(url)
    home.chmod(0o700)

    closed = EmbeddedPostgres(home)
    with closed as url:
        assert closed.identity.alias
        assert count_rows(url) == 1


@as_root
def test_rows_made_in_a_closed_folder_open_again_once_others_may_enter(home: Path):
    home.chmod(0o700)
    with EmbeddedPostgres(home) as url:
        write_row(url)
    home.chmod(0o711)

    with EmbeddedPostgres(home) as url:
        assert count_rows(url) == 1


def test_a_stop_is_orderly(home: Path):
    server = EmbeddedPostgres(home)
    process = started(server)

    processes.stop(process, server.stop_signal)

    assert process.returncode == 0
    assert "database system is shut down" in (home / "logs" / "postgres.log").read_text()


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("INSERT INTO texts VALUES ('CANARY')", psycopg2.errors.CheckViolation),
        ("SELECT 'CANARY', pg_sleep(5)", psycopg2.errors.QueryCanceled),
        ("SELECT 'CANARY' FROM nowhere", psycopg2.errors.UndefinedTable),
    ],
)
def test_what_fails_leaves_no_text_in_the_log(
    postgres: str, stores_home: Path, statement: str, error: type[psycopg2.Error]
):
    with closing(psycopg2.connect(postgres)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE texts (t text CHECK (length(t) < 3)); SET statement_timeout = 200"
        )
        with pytest.raises(error):
            cursor.execute(statement)

    log = (stores_home / "logs" / "postgres.log").read_text()
    assert "ERROR: " in log
    assert "CANARY" not in log
