"""The threads of a web process: each thing in line is seen to once, and the end comes after all of it."""

import subprocess
import sys
import threading

from db.web_threads import Threads


def test_everything_in_line_is_seen_to_once_before_the_end():
    seen: list[int] = []
    threads = Threads(3, seen.append)
    for number in range(200):
        threads.give(number)
    threads.shutdown()

    assert sorted(seen) == list(range(200))


def test_one_that_is_busy_keeps_nobody_waiting():
    busy, done = threading.Event(), threading.Event()
    threads = Threads(2, lambda work: work())
    threads.give(lambda: busy.wait(60))
    threads.give(done.set)

    assert done.wait(60)
    busy.set()
    threads.shutdown()


def test_giving_never_waits():
    busy = threading.Event()
    threads = Threads(1, lambda _number: busy.wait(60) and None)
    for number in range(1000):
        threads.give(number)
    busy.set()

    threads.shutdown()


def test_a_process_that_fails_at_its_start_ends_all_the_same():
    program = "from db.web_threads import Threads; Threads(2, print); raise SystemExit(3)"

    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 3
