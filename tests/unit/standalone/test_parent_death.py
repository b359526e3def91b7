"""Children end with their parent, by the kernel's signal or by a watchdog process, and nobody else does."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from standalone.child_processes import parent_death, processes, watchdog
from standalone.child_processes.parent_death import Watchdog

WAYS = ["Watchdog", *(["KernelSignal"] if sys.platform == "linux" else [])]
PARENT = """
import os, signal, sys, time
from standalone.child_processes import parent_death
from standalone.child_processes.processes import spawn
way = getattr(parent_death, sys.argv[1])()
for line in sys.argv[2:]:
    child = spawn(["/bin/sh", "-c", line], log=1, death_signal=signal.SIGTERM, parent_death=way)
    os.write(1, b"%d\\n" % child.pid)
time.sleep(60)
"""


def started(way: str, *lines: str) -> tuple["subprocess.Popen[str]", list[int]]:
    """A parent whose children run these lines of shell; each child prints a line when it is ready."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, way, *lines], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    printed = [parent.stdout.readline().strip() for _ in range(2 * len(lines))]
    return parent, [int(word) for word in printed if word.isdigit()]


def kill(parent: "subprocess.Popen[str]") -> None:
    assert parent.stdout
    parent.kill()
    parent.wait()
    parent.stdout.close()


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A container whose first process never waits keeps the entries of orphans that have ended.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip()[:1] in ("Z", "")


@pytest.fixture
def way() -> Iterator[Watchdog]:
    way = Watchdog()
    yield way
    hang_up(way)
    if way._process:
        way._process.wait(10)
    os.close(way._read_end)
    os.close(way._write_end)


def hang_up(way: Watchdog) -> None:
    """End the pipe, as it ends with the parent."""
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), way._write_end, inheritable=False)


def has_read_all(way: Watchdog) -> bool:
    unread = fcntl.ioctl(way._read_end, termios.FIONREAD, b"\0" * 4)
    return int.from_bytes(unread, sys.byteorder) == 0


@pytest.mark.parametrize("way", WAYS)
def test_children_get_their_signal_when_their_parent_is_killed(way: str, tmp_path: Path):
    waiting = "trap 'touch {0}; exit' TERM; echo ready; while true; do sleep 0.05; done"
    parent, children = started(way, *(waiting.format(tmp_path / name) for name in ("one", "two")))
    kill(parent)

    assert eventually(lambda: all(map(is_gone, children)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_what_a_child_leaves_in_its_group_is_killed_with_it(tmp_path: Path):
    note = tmp_path / "grandchild"
    line = f"sleep 60 & echo $! > {note}; echo ready; wait"
    parent, [child] = started("Watchdog", line)
    grandchild = int(note.read_text())
    kill(parent)

    assert eventually(lambda: is_gone(child) and is_gone(grandchild))


def test_a_child_that_is_deaf_to_its_signal_is_killed_after_some_patience():
    deaf = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' TERM; echo ready; while true; do sleep 0.05; done"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert deaf.stdout
    deaf.stdout.readline()

    watchdog.end_all({deaf.pid: signal.SIGTERM}, timeout=0.1)

    deaf.communicate()
    assert deaf.returncode == -signal.SIGKILL


def test_a_number_that_another_process_got_meanwhile_is_left_alone():
    stranger = subprocess.Popen(["sleep", "60"])

    watchdog.end_all({stranger.pid: signal.SIGTERM}, timeout=5)

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_child_that_ended_is_watched_no_longer():
    lines = [b"+11 15\n", b"+12 9\n", b"-11\n", b"-99\n"]

    assert watchdog.read(lines) == {12: 9}


@pytest.mark.parametrize("ended", ["by itself", "before its exec"])
def test_the_watchdog_hears_of_each_child_and_of_its_end(way: Watchdog, ended: str, tmp_path: Path):
    heard = tmp_path / "heard"
    way.check()
    with heard.open("wb") as file:
        os.dup2(file.fileno(), way._write_end, inheritable=False)
    program = "true" if ended == "by itself" else str(tmp_path / "no such program")

    try:
        child = processes.spawn(
            [program], log=subprocess.DEVNULL, death_signal=signal.SIGINT, parent_death=way
        )
        child.wait()
    except FileNotFoundError:
        assert ended == "before its exec"

    lines = heard.read_bytes().splitlines(keepends=True)
    assert len(lines) == 2 and lines[0].endswith(b" 2\n")
    assert watchdog.read(lines) == {}


def test_a_killed_watchdog_is_replaced_by_one_that_knows_all_children(way: Watchdog):
    child = processes.spawn(
        ["sleep", "60"], log=subprocess.DEVNULL, death_signal=signal.SIGTERM, parent_death=way
    )
    assert way._process
    assert eventually(lambda: has_read_all(way))
    way._process.kill()
    way._process.wait()

    way.check()
    hang_up(way)

    assert child.wait(10) == -signal.SIGTERM


def test_a_child_that_ends_while_no_watchdog_lives_is_not_known_to_the_next(way: Watchdog):
    child = processes.spawn(["true"], log=subprocess.DEVNULL, death_signal=signal.SIGTERM, parent_death=way)
    assert way._process
    way._process.kill()
    way._process.wait()

    assert child.wait(10) == 0
    assert way._watched == {}


def test_the_watchdog_is_out_of_reach_of_the_terminals_signals(way: Watchdog):
    way.check()

    assert way._process
    assert os.getsid(way._process.pid) == way._process.pid


@pytest.mark.parametrize(("platform", "kind"), [("linux", "KernelSignal"), ("darwin", "Watchdog")])
def test_the_way_follows_from_the_platform(monkeypatch: pytest.MonkeyPatch, platform: str, kind: str):
    monkeypatch.setattr(sys, "platform", platform)

    assert type(parent_death.of_this_platform.__wrapped__()).__name__ == kind
