"""What `make run` starts, and what it does about a child that dies."""

import signal
import subprocess
from pathlib import Path
from typing import IO

import pytest

from db.processes import ProcessError
from tasks import processes


class Mayfly:
    """A service that ends at once, with exit code 3."""

    name = "mayfly"
    stop_signal = signal.SIGTERM

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            ["/bin/sh", "-c", "echo too short; exit 3"], stdout=log, start_new_session=True
        )
        child.wait()
        return child

    def is_ready(self) -> bool:
        return True


@pytest.fixture
def mayfly(tmp_path: Path) -> processes.Child:
    child = processes.Child(Mayfly(), tmp_path / "mayfly.log")
    child.spawn()
    return child


def test_a_procfile_is_names_and_commands_in_order(tmp_path: Path):
    procfile = tmp_path / "Procfile"
    procfile.write_text("# a comment\nrelease: prepare it\n\nweb:   serve --port ${PORT:-80}\n")

    assert list(processes.read_procfile(procfile).items()) == [
        ("release", "prepare it"),
        ("web", "serve --port ${PORT:-80}"),
    ]


@pytest.mark.parametrize(("deaths", "seconds"), [(0, 0.5), (1, 0.5), (2, 1), (3, 2), (4, 4), (20, 30)])
def test_pauses_grow_up_to_half_a_minute(deaths: int, seconds: float):
    assert processes.pause_after(deaths) == seconds


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with exit code 0"), (-9, "was killed by SIGKILL"), (-50, "was killed by signal 50")],
)
def test_an_exit_is_told_in_words(code: int, words: str):
    assert processes.describe_exit(code) == words


def test_a_death_is_told_and_followed_by_another_life_after_the_pause(mayfly: processes.Child):
    news = mayfly.tend(now=100)
    mayfly.tend(now=100.4)
    resting = mayfly.process is None
    mayfly.tend(now=100.6)

    assert news == "mayfly ended with exit code 3; it starts again in 0.5 s"
    assert resting and mayfly.process is not None


def test_a_living_child_is_no_news(tmp_path: Path):
    program = processes.Program("sleeper", "sleep 60", {"PATH": "/usr/bin:/bin"})
    child = processes.Child(program, tmp_path / "sleeper.log")
    process = child.spawn()

    assert child.tend() is None
    process.kill()
    process.wait()


def test_five_deaths_within_a_minute_end_the_run_with_the_last_words(mayfly: processes.Child):
    with pytest.raises(ProcessError, match=r"mayfly keeps dying.*\n    too short"):
        for second in range(20):
            mayfly.tend(now=100 + second * 2)


def test_who_is_killed_from_outside_is_started_again_without_end(tmp_path: Path):
    child = processes.Child(
        processes.Program("sleeper", "sleep 60", {"PATH": "/usr/bin:/bin"}), tmp_path / "log"
    )
    for life in range(8):
        process = child.spawn(now=life)
        process.kill()
        process.wait()
        assert child.tend(now=life) == "sleeper was killed by SIGKILL; it starts again in 0.5 s"


def test_a_death_after_a_long_life_is_not_counted(mayfly: processes.Child):
    for day in range(8):
        assert mayfly.process is not None
        mayfly._born_at = 100.0 * day
        mayfly.tend(now=100.0 * day + processes.LONG_LIFE_SECONDS)
        mayfly.spawn(now=100.0 * day + 50)

    assert mayfly.process is not None


def test_deaths_far_apart_are_forgiven(mayfly: processes.Child):
    news = [mayfly.tend(now=100 + 31 * step) for step in range(20)]

    assert sum(sentence is not None for sentence in news) == 10


def test_a_program_gets_its_variables_filled_in(tmp_path: Path):
    program = processes.Program("echo", "echo port ${PORT:-80}", {"PORT": "8123", "PATH": "/usr/bin:/bin"})
    with (tmp_path / "log").open("wb") as log:
        program.spawn(log).wait()

    assert (tmp_path / "log").read_text() == "port 8123\n"


def test_nobody_at_an_address_is_no_answer():
    assert processes.Probe("127.0.0.1", 1).answers() is False
