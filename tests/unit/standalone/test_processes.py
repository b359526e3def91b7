"""Children start clean, end on time, and say why when they do not come up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from standalone.child_processes import identities, processes

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


class Shell:
    """A service that is a line of shell."""

    stop_signal = signal.SIGTERM

    def __init__(self, line: str, *, ready: bool = True) -> None:
        self.name = "shell"
        self.line = line
        self.ready = ready
        self.spawned: list[subprocess.Popen[bytes]] = []

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        child = processes.spawn(["/bin/sh", "-c", self.line], log=log, death_signal=signal.SIGKILL)
        self.spawned.append(child)
        return child

    def is_ready(self) -> bool:
        return self.ready


@pytest.fixture
def deaf_child() -> Iterator["subprocess.Popen[bytes]"]:
    child = processes.spawn([sys.executable, "-c", DEAF], log=subprocess.PIPE, death_signal=signal.SIGKILL)
    assert child.stdout
    child.stdout.readline()
    yield child
    child.stdout.close()


def test_a_service_that_answers_is_started_once(tmp_path: Path):
    service = Shell("sleep 60")

    processes.stop(processes.start(service, tmp_path / "log"), signal.SIGTERM)

    assert len(service.spawned) == 1


def test_a_service_that_ends_is_tried_again_and_then_named_with_its_last_words(tmp_path: Path):
    service = Shell("echo no room; exit 1", ready=False)

    with pytest.raises(processes.ProcessError, match=r"shell does not start.*\n    no room"):
        processes.start(service, tmp_path / "log", max_tries=2)

    assert len(service.spawned) == 2


def test_a_service_that_never_answers_is_stopped_when_patience_ends(tmp_path: Path):
    service = Shell("sleep 60", ready=False)

    with pytest.raises(processes.ProcessError):
        processes.start(service, tmp_path / "log", timeout=0.1)

    assert service.spawned[0].returncode == -signal.SIGTERM


def test_a_child_deaf_to_its_signal_is_killed(deaf_child: "subprocess.Popen[bytes]"):
    processes.stop(deaf_child, signal.SIGTERM, timeout=0.1)

    assert deaf_child.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_a_child_hears_what_we_are_deaf_to(number: signal.Signals):
    before = signal.signal(number, signal.SIG_IGN)
    child = processes.spawn(["sleep", "60"], log=subprocess.DEVNULL, death_signal=signal.SIGKILL)
    signal.signal(number, before)

    processes.stop(child, number, timeout=2)

    assert child.returncode == -number


def test_waiting_for_all_ends_with_the_last_of_them():
    children = [
        processes.spawn(["sleep", seconds], log=subprocess.DEVNULL, death_signal=signal.SIGKILL)
        for seconds in ("0", "0.2")
    ]

    processes.wait_for_all(children, 5)

    assert [child.returncode for child in children] == [0, 0]


def test_a_plain_user_has_only_one_identity(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert [identity.uid for identity in identities.identities()] == [1000]


def test_root_never_lets_a_server_run_as_root(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert all(identity.uid or identity.alias for identity in identities.identities())


@pytest.mark.parametrize("platform", ["darwin", "freebsd14"])
def test_only_linux_offers_user_namespaces(monkeypatch: pytest.MonkeyPatch, platform: str):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "platform", platform)

    assert not any(identity.alias for identity in identities.identities())


def test_the_tail_of_a_log_is_its_last_lines_indented(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("one\ntwo\nthree\n")

    assert processes.tail(log, 2) == "    two\n    three"


def test_a_missing_log_has_a_tail_too(tmp_path: Path):
    assert processes.tail(tmp_path / "log") == "    (no log)"
