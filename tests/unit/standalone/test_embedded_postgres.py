"""Where the private PostgreSQL is found, and what it refuses before it starts."""

import re
from pathlib import Path

import pytest
from psycopg2.extensions import parse_dsn

from standalone import embedded_postgres
from standalone.child_processes.processes import ProcessError

LONG = Path("/srv") / ("long-name-" * 12)


def test_sockets_lie_in_the_data_folder():
    assert embedded_postgres.socket_folder(Path("/srv/insights")) == Path("/srv/insights/run")


def test_a_data_folder_with_a_long_path_has_its_sockets_in_tmp():
    assert embedded_postgres.socket_folder(LONG).parent == Path("/tmp")
    assert embedded_postgres.socket_folder(LONG) != embedded_postgres.socket_folder(LONG / "other")


@pytest.mark.parametrize("character", [*" =%#?&+,;:@'\"\\$*[]~\n", "ü", "\udcff"])
def test_a_path_with_a_character_that_clients_may_misread_has_its_sockets_in_tmp(character: str):
    folder = embedded_postgres.socket_folder(Path(f"/srv/a{character}b"))

    assert re.fullmatch(r"/tmp/insights-[0-9a-f]{16}", str(folder))


@pytest.mark.parametrize(
    "home", ["/srv/insights", "/srv/two words", "/srv/50%/a&b?c", "/srv/über", str(LONG)]
)
def test_the_url_leads_to_the_socket_whatever_the_folder_is_called(home: str):
    found = parse_dsn(embedded_postgres.database_url(Path(home)))

    assert found == {
        "user": "insights",
        "dbname": "insights",
        "host": str(embedded_postgres.socket_folder(Path(home))),
    }


def test_a_folder_that_others_may_enter_is_no_place_for_sockets(tmp_path: Path):
    (tmp_path / "run").mkdir(mode=0o755)

    with pytest.raises(ProcessError, match="not a private folder of ours"):
        embedded_postgres.make_socket_folder(tmp_path)


def test_a_link_is_no_place_for_sockets(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ProcessError, match="not a private folder of ours"):
        embedded_postgres.make_socket_folder(tmp_path)


def test_programs_that_were_asked_for_win(tmp_path: Path):
    (tmp_path / "postgres").touch()

    assert embedded_postgres.find_binaries(tmp_path) == tmp_path


def test_without_any_postgresql_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded_postgres, "PACKAGES", (("no_such_package", "bin"),))

    with pytest.raises(ProcessError, match="set DATABASE_URL or PG_BIN"):
        embedded_postgres.find_binaries()


def test_data_of_another_major_version_is_refused(tmp_path: Path):
    data = tmp_path / "postgres"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("17\n")

    with pytest.raises(ProcessError, match="PostgreSQL 17's and the programs are 18"):
        embedded_postgres.EmbeddedPostgres(tmp_path).prepare()
