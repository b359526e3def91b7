"""What children print ends up in files of limited size, whatever is killed and however full the disk is."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from standalone.child_logs import ChildLogs
from standalone.child_processes.log_writer import LogWriter, RotatingLog
from standalone.child_processes.processes import spawn

LINES = "import sys\nfor number in range({}): print(f'{{number:06}}', flush=True)"
HELD = """
import os, sys, time
from pathlib import Path
from standalone.child_logs import ChildLogs
logs = ChildLogs(Path(sys.argv[1]), ["one"])
logs.check()
os.dup2(logs.of("one").write_end, 3)
"""


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[ChildLogs]:
    logs = ChildLogs(tmp_path, ["one", "two"], limit=7000, parts=3)
    logs.check()
    yield logs
    logs.close()


def run(logs: ChildLogs, name: str, program: str) -> None:
    log = logs.of(name)
    spawn([sys.executable, "-c", program], log=log.write_end, death_signal=signal.SIGKILL).wait()


def numbers(folder: Path, name: str) -> list[int]:
    """Every line of a log, the oldest file first."""
    files = sorted(folder.glob(f"logs/{name}.log*"), reverse=True)
    return [int(line) for file in files for line in file.read_text().splitlines()]


def test_each_child_has_a_log_of_its_own(logs: ChildLogs, tmp_path: Path):
    run(logs, "one", "print('hello')")
    run(logs, "two", "import sys; print('world', file=sys.stderr)")
    logs.close()

    assert (tmp_path / "logs/one.log").read_text() == "hello\n"
    assert (tmp_path / "logs/two.log").read_text() == "world\n"


def test_a_log_begins_anew_at_its_limit_and_no_line_is_lost(logs: ChildLogs, tmp_path: Path):
    run(logs, "one", LINES.format(2500))
    logs.close()

    assert numbers(tmp_path, "one") == list(range(2500))
    assert len(list((tmp_path / "logs").glob("one.log*"))) == 3


def test_the_oldest_parts_go(logs: ChildLogs, tmp_path: Path):
    run(logs, "one", LINES.format(10_000))
    logs.close()

    kept = numbers(tmp_path, "one")
    assert kept == list(range(10_000 - len(kept), 10_000))
    assert all(file.stat().st_size <= 7000 for file in (tmp_path / "logs").iterdir())


def test_the_next_run_goes_on_in_the_same_file(tmp_path: Path):
    for word in ("first", "second"):
        logs = ChildLogs(tmp_path, ["one"])
        logs.check()
        run(logs, "one", f"print('{word}')")
        assert logs.of("one").tail() == f"    {word}"
        logs.close()

    assert (tmp_path / "logs/one.log").read_text() == "first\nsecond\n"


def test_the_tail_of_a_child_that_ended_holds_its_last_words(logs: ChildLogs):
    run(logs, "one", LINES.format(3000) + "\nsys.stdout.write('and out')")

    assert logs.of("one").tail(3) == "    002998\n    002999\n    and out"
    assert logs.of("two").tail() == "    (no log)"


def test_what_is_still_in_the_pipe_belongs_to_the_last_words(tmp_path: Path):
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.write(write_end, b"first\nlast\n")
    log = RotatingLog(tmp_path / "one.log", limit=1000, parts=2)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writer = LogWriter({read_end: log}, {"one": read_end}, theirs)
        ours.sendall(b"one")
        writer._answer()
        told = ours.recv(1000)
    os.close(read_end)
    os.close(write_end)

    assert told == b'["first", "last"]\n'


def test_a_killed_log_writer_is_replaced_and_no_line_is_lost(logs: ChildLogs, tmp_path: Path):
    assert logs._writer
    logs._writer.kill()
    logs._writer.wait()
    run(logs, "one", LINES.format(500))
    assert logs.of("one").tail() == "    (no log)"

    logs.check()
    run(logs, "one", "print('000500')")
    logs.close()

    assert numbers(tmp_path, "one") == list(range(501))


def test_a_child_that_outlives_the_run_is_heard_to_its_end(tmp_path: Path):
    program = HELD + (
        "os.execv('/bin/sh', ['sh', '-c', 'echo last >&3']) if os.fork() == 0 else os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    log = tmp_path / "logs/one.log"

    assert eventually(lambda: log.exists() and log.read_text() == "last\n")
    assert eventually(lambda: str(tmp_path) not in writers())


def writers() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def test_the_log_writer_is_out_of_reach_of_the_terminals_signals(logs: ChildLogs):
    assert logs._writer
    assert os.getsid(logs._writer.pid) == logs._writer.pid


def test_a_line_is_never_cut_in_two_by_a_new_file(tmp_path: Path):
    log = RotatingLog(tmp_path / "a.log", limit=10, parts=2)
    for part in (b"0123456789", b"abc", b"def\nnext\n"):
        log.write(part)

    assert (tmp_path / "a.log.1").read_bytes() == b"0123456789abcdef\n"
    assert (tmp_path / "a.log").read_bytes() == b"next\n"


def test_a_line_without_an_end_fills_no_disk(tmp_path: Path):
    log = RotatingLog(tmp_path / "a.log", limit=10, parts=2)
    for _ in range(100):
        log.write(b"01234567")

    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * 28


def test_a_full_disk_drops_lines_and_says_so_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    log = RotatingLog(tmp_path / "a.log", limit=1000, parts=2)
    log.write(b"before\n")
    write = os.write
    monkeypatch.setattr(os, "write", full)
    log.write(b"lost\n")
    log.write(b"lost\n")
    monkeypatch.setattr(os, "write", write)
    log.write(b"after\n")

    assert (tmp_path / "a.log").read_text() == "before\n(10 bytes could not be written here)\nafter\n"
    assert log.last_lines() == ["before", "lost", "lost", "after"]


def full(_file: int, _data: bytes) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_folder_that_somebody_removed_stops_no_log(tmp_path: Path):
    log = RotatingLog(tmp_path / "gone" / "a.log", limit=10, parts=2)
    log.write(b"lost\n")
    (tmp_path / "gone").mkdir()
    log.write(b"kept\n")

    assert (tmp_path / "gone/a.log").read_text().endswith("kept\n")
