"""What `make run` starts, and what it does about a child that dies."""

import signal
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple

import pytest

from standalone import programs
from standalone.child_processes.processes import ProcessError
from standalone.disk_space import DiskSpace

ROOM = DiskSpace(Path("/"), usage=lambda _: Sizes(total=10**12, free=10**11))
FULL = DiskSpace(Path("/data"), usage=lambda _: Sizes(total=2**28, free=2**20))


class Sizes(NamedTuple):
    total: int
    free: int


class Lines:
    """A log that holds what it was given."""

    path = Path("/data/logs/mayfly.log")
    write_end = subprocess.DEVNULL

    def tail(self, lines: int = 10) -> str:
        return "    too short"


class Life:
    """A process that has ended with a code, or lives on."""

    pid = 2**30

    def __init__(self, code: int | None) -> None:
        self.code = code

    def poll(self) -> int | None:
        return self.code


class Mayfly:
    """A service whose lives end at once, with the codes it was given and then with exit code 3."""

    name = "mayfly"
    stop_signal = signal.SIGTERM

    def __init__(self, *codes: int | None) -> None:
        self.codes = list(codes)
        self.error: OSError | None = None

    def spawn(self, log: IO[bytes] | int) -> Any:
        if self.error:
            raise self.error
        return Life(self.codes.pop(0) if self.codes else 3)

    def is_ready(self) -> bool:
        return True


def child(service: Any, disk: DiskSpace = ROOM, **options: Any) -> programs.Child:
    child = programs.Child(service, Lines(), disk, **options)  # type: ignore[arg-type]
    child.spawn(now=100)
    return child


def proven(service: Any, disk: DiskSpace = ROOM) -> programs.Child:
    ours = child(service, disk)
    ours.proven = True
    return ours


def reports(child: programs.Child, seconds: int, since: int = 100) -> list[str]:
    """What is told when a child is looked at five times a second."""
    told = (child.poll(now=since + tick / 5) for tick in range(seconds * 5))
    return [report for report in told if report]


def test_a_procfile_is_names_and_commands_in_order(tmp_path: Path):
    procfile = tmp_path / "Procfile"
    procfile.write_text("# a comment\nrelease: prepare it\n\nweb:   serve --port ${PORT:-80}\n")

    assert list(programs.read_procfile(procfile).items()) == [
        ("release", "prepare it"),
        ("web", "serve --port ${PORT:-80}"),
    ]


@pytest.mark.parametrize(("deaths", "seconds"), [(0, 0.5), (1, 0.5), (2, 1), (3, 2), (4, 4), (20, 30)])
def test_pauses_grow_up_to_half_a_minute(deaths: int, seconds: float):
    assert programs.pause_after(deaths) == seconds


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with exit code 0"), (-9, "was killed by SIGKILL"), (-50, "was killed by signal 50")],
)
def test_an_exit_is_told_in_words(code: int, words: str):
    assert programs.describe_exit(code) == words


def test_a_death_is_told_and_followed_by_another_life_after_the_pause():
    mayfly = proven(Mayfly())
    news = mayfly.poll(now=100)
    mayfly.poll(now=100.4)
    resting = mayfly.process is None
    mayfly.poll(now=100.6)

    assert (
        news == "mayfly ended with exit code 3; it starts again in 0.5 s. The end of its log:\n    too short"
    )
    assert resting and mayfly.process is not None


def test_a_living_child_is_no_news():
    assert reports(child(Mayfly(None)), 20) == []


def test_who_has_worked_once_is_tried_again_without_end_and_at_least_twice_a_minute():
    mayfly = proven(Mayfly())
    starts = []
    spawn = mayfly.spawn
    mayfly.spawn = lambda now=None: starts.append(now) or spawn(now)  # type: ignore[method-assign, func-returns-value]

    told = reports(mayfly, 3600)

    pauses = [later - sooner for sooner, later in pairwise(starts)]
    assert max(pauses) < 31 and len(starts) > 3600 / 31
    assert [sentence.split(";")[1].split(".")[0] for sentence in told[2:4]] == [
        " it starts again in 2 s",
        " it starts again in 4 s",
    ]


def test_the_same_death_is_not_told_for_ever():
    told = reports(proven(Mayfly()), 3600)

    assert len(told) == 7
    assert told[-1].startswith("mayfly ended with exit code 3; it is tried again every 30 s from now on. ")


def test_that_it_stays_up_again_is_told_once():
    mayfly = proven(Mayfly(3, 3, None))

    assert reports(mayfly, 60)[2:] == ["mayfly stays up again."]
    assert mayfly._early_deaths == 0


def test_who_never_worked_and_ends_by_itself_ends_the_run_with_its_last_lines():
    with pytest.raises(ProcessError, match=r"mayfly does not start\. The end of .*log:\n    too short"):
        child(Mayfly()).poll(now=100.2)


def test_who_has_lived_for_some_seconds_has_worked():
    mayfly = child(Mayfly(None))
    mayfly.poll(now=100 + programs.LONG_LIFE_SECONDS)
    mayfly.process = Life(3)  # type: ignore[assignment]

    assert "it starts again in 0.5 s" in str(mayfly.poll(now=130))


def test_nobody_is_blamed_for_a_store_that_failed_since_the_start():
    asked = []
    mayfly = child(Mayfly(), store_failed=lambda since: asked.append(since) or True)  # type: ignore[func-returns-value]

    assert "it starts again in 0.5 s" in str(mayfly.poll(now=100.2))
    assert asked == [100]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_who_is_killed_from_outside_is_started_again_soon(number: signal.Signals):
    told = reports(child(Mayfly(*[-number] * 40)), 10)

    assert len(told) > 10
    assert all(f"mayfly was killed by {number.name}; it starts again in 0.5 s" in one for one in told)


def test_a_crash_before_it_ever_worked_is_its_own():
    with pytest.raises(ProcessError):
        child(Mayfly(-signal.SIGSEGV)).poll(now=100.2)


def test_a_system_that_makes_no_process_is_asked_again_later():
    mayfly = proven(Mayfly())
    mayfly.poll(now=100)
    mayfly.service.error = OSError("out of processes")  # type: ignore[attr-defined]
    told = reports(mayfly, 20, since=101)

    assert "mayfly cannot be started (out of processes); it starts again in 1 s" in told[0]
    mayfly.service.error = None  # type: ignore[attr-defined]
    mayfly.poll(now=200)
    assert mayfly.process is not None


def test_a_death_on_a_full_disk_is_told_in_one_line():
    told = proven(Mayfly(), FULL).poll(now=100)

    assert told == (
        "mayfly ended with exit code 3; it starts again in 0.5 s. The disk of /data is full "
        "(1 MiB of 256 MiB are free): make room, and it comes back by itself."
    )


def test_a_first_start_on_a_full_disk_ends_the_run_and_says_so():
    with pytest.raises(
        ProcessError, match=r"mayfly does not start\. The disk of /data is full .*\n    too short"
    ):
        child(Mayfly(), FULL).poll(now=100)


def test_a_program_gets_its_variables_filled_in(tmp_path: Path):
    program = programs.Program("echo", "echo port ${PORT:-80}", {"PORT": "8123", "PATH": "/usr/bin:/bin"})
    with (tmp_path / "log").open("wb") as log:
        program.spawn(log).wait()

    assert (tmp_path / "log").read_text() == "port 8123\n"


def test_nobody_at_an_address_is_no_answer():
    assert programs.Probe("127.0.0.1", 1).answers() is False
