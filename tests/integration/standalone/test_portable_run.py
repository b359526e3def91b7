"""`make run` on a system without prctl, /proc and user namespaces, such as macOS: the same code, forced on this one."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest

from tests.integration.standalone.runs import InsightsServer, eventually, gone, read_until

#: Whatever would call into Linux's kernel fails: its functions are not there.
PORTABLE = """
import sys
from standalone.child_processes import linux
from db.config import load
from standalone.child_processes.parent_death import Watchdog
from standalone.run_config import RunSettings
from standalone.supervisor import run
linux._libc = None
sys.exit(run(load(RunSettings), parent_death=Watchdog()))
"""
WITHOUT_PROC = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh")
AS_PLAIN_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


def works(*before: str) -> bool:
    """Can this user and this kernel do that?"""
    return (
        shutil.which(before[0]) is not None
        and not subprocess.run([*before, "true"], capture_output=True, check=False).returncode
    )


def start(insights: InsightsServer, *before: str) -> "subprocess.Popen[str]":
    run = insights.start(*before, sys.executable, "-c", PORTABLE)
    read_until(run, "data ")
    return run


def is_watchdog(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any("watchdog.py" in word for word in process.cmdline())
    return False


def everything_below(run: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(run.pid).children(recursive=True)


def test_it_stops_in_order(insights: InsightsServer):
    run = start(insights)
    children = everything_below(run)
    run.send_signal(signal.SIGINT)

    assert run.wait(timeout=20) == 0
    assert gone(children, 5)
    assert "database system is shut down" in (insights.home / "data/logs/postgres.log").read_text()


def test_a_killed_supervisor_leaves_nothing_behind(insights: InsightsServer):
    run = start(insights)
    children = everything_below(run)
    names = [child.name() for child in children]
    assert any(map(is_watchdog, children))
    run.kill()

    assert names.count("postgres") > 3
    assert gone(children, 15)


def test_a_supervisor_killed_after_its_watchdog_leaves_nothing_behind(insights: InsightsServer):
    run = start(insights)
    [first] = filter(is_watchdog, everything_below(run))
    first.kill()
    assert eventually(lambda: any(map(is_watchdog, everything_below(run))))
    children = everything_below(run)
    run.kill()

    assert gone(children, 15)


@pytest.mark.skipif(
    not works(*WITHOUT_PROC), reason="only root of a Linux with mount namespaces can hide /proc"
)
def test_it_runs_without_proc(insights: InsightsServer):
    run = start(insights, *WITHOUT_PROC)
    children = everything_below(run)
    run.kill()

    assert len(children) > 6
    assert gone(children, 15)


@pytest.mark.skipif(not works(*AS_PLAIN_USER), reason="no user namespaces here")
def test_it_runs_as_a_plain_user(insights: InsightsServer):
    for path in (insights.home, *insights.home.rglob("*")):
        os.chown(path, os.geteuid(), os.getegid())
    run = start(insights, *AS_PLAIN_USER)
    children = everything_below(run)
    users = set()
    for child in children:
        # PostgreSQL's own workers come and go.
        with suppress(psutil.NoSuchProcess):
            users.add(child.uids().real)
    run.kill()

    assert users == {os.geteuid()}
    assert gone(children, 15)
