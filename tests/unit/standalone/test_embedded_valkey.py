"""Where the private Valkey is found."""

from pathlib import Path

import pytest
from redis.connection import parse_url

from db.private_address import socket_folder
from standalone import embedded_valkey
from standalone.child_processes.processes import ProcessError


@pytest.mark.parametrize("home", ["/srv/insights", "/srv/two words", "/srv/50%/a&b?c#d"])
def test_the_url_leads_to_the_socket_whatever_the_folder_is_called(home: str):
    assert (
        parse_url(embedded_valkey.redis_url(Path(home)))["path"] == f"{socket_folder(Path(home))}/valkey.sock"
    )


def test_the_packages_server_is_taken_first():
    assert embedded_valkey.find_server().name == "valkey-server"


def test_a_server_of_this_machine_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "redis-server").touch(mode=0o755)
    monkeypatch.setattr(embedded_valkey, "PACKAGE", "no_such_package")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert embedded_valkey.find_server() == tmp_path / "redis-server"


def test_without_any_server_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded_valkey, "PACKAGE", "no_such_package")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ProcessError, match="set REDIS_URL"):
        embedded_valkey.find_server()
