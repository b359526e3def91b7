"""`make run` says early what cannot work, and spells out every choice for the processes it starts."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.config import DEVELOPMENT_KEY, load
from db.private_address import database_url
from standalone.child_processes.processes import ProcessError
from standalone.run_config import RunSettings, why_not_bind


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunSettings:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BIND_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    return RunSettings(insights_home=tmp_path, ingest_port=18080, analytics_port=18081)


def test_a_taken_port_has_a_reason(taken_port: int):
    assert why_not_bind("127.0.0.1", taken_port, timeout=0) == "address already in use"


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1"])
def test_a_free_port_has_none(address: str):
    assert why_not_bind(address, 0) is None


def test_a_taken_port_is_refused_with_the_setting_that_helps(taken_port: int, settings: RunSettings):
    crowded = settings.model_copy(update={"ingest_port": taken_port})

    with pytest.raises(ProcessError, match=f"Port {taken_port} .* set INGEST_PORT"):
        crowded.require_free_ports(timeout=0)


@pytest.mark.parametrize("url", ["/proc/x", "/dev/null/exports"])
def test_exports_that_cannot_be_written_stop_the_start(url: str, settings: RunSettings):
    with pytest.raises(ProcessError, match=f"^EXPORT_URL: {url} cannot be written"):
        settings.model_copy(update={"export_url": url}).require_writable_export_folder()


def test_a_folder_for_exports_is_made_and_left_empty(settings: RunSettings, tmp_path: Path):
    settings.require_writable_export_folder()

    assert list((tmp_path / "exports").iterdir()) == []


def test_development_may_use_the_key_that_everybody_can_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INSIGHTS_ENV", "development")
    monkeypatch.setenv("SECRET_KEY", DEVELOPMENT_KEY)

    assert load(RunSettings).secret_key == DEVELOPMENT_KEY


def test_an_empty_secret_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_KEY", "")

    assert load(RunSettings).secret_key is None


@pytest.mark.parametrize(("bound", "shown"), [("0.0.0.0", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")])
def test_addresses_are_ones_that_can_be_opened(bound: str, shown: str, settings: RunSettings):
    addresses = settings.model_copy(update={"bind_address": bound}).addresses

    assert (addresses.ingest, addresses.analytics) == (f"http://{shown}:18080", f"http://{shown}:18081")


def test_processes_are_told_which_stores_to_use(settings: RunSettings, tmp_path: Path):
    environment = settings.environment()

    assert environment["DATABASE_URL"] == database_url(tmp_path)
    assert environment["REDIS_URL"] == f"unix://{tmp_path}/run/valkey.sock"


def test_a_secret_from_outside_is_handed_on_and_none_is_made(settings: RunSettings, tmp_path: Path):
    environment = settings.model_copy(update={"secret_key": "from outside"}).environment()

    assert environment["SECRET_KEY"] == "from outside"
    assert not (tmp_path / "secret_key").exists()
