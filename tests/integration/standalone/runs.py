"""A `make run` of small stand-ins on stores and ports of its own, for tests that start, kill and stop it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parents[3]
PROCFILE = """
release: false
ingest: python -m http.server --bind ${BIND_ADDRESS} ${INGEST_PORT}
worker: sleep 1000
scheduler: sleep 1000
analytics: python -m http.server --bind ${BIND_ADDRESS} ${ANALYTICS_PORT}
"""
RUN = """
import sys
from db.config import load
from standalone.run_config import RunSettings
from standalone.supervisor import run
sys.exit(run(load(RunSettings), after_start=lambda addresses: print("filled", addresses.ingest, flush=True)))
"""


@dataclass
class InsightsServer:
    """A folder with a Procfile, two ports, and the runs that a test starts on them."""

    home: Path
    ports: tuple[int, int]
    runs: list["subprocess.Popen[str]"]

    def procfile(self, text: str) -> None:
        (self.home / "Procfile").write_text(text)

    def start(self, *program: str, **environment: str) -> "subprocess.Popen[str]":
        ours = {
            "INSIGHTS_HOME": str(self.home / "data"),
            "PROCFILE": str(self.home / "Procfile"),
            "INGEST_PORT": str(self.ports[0]),
            "ANALYTICS_PORT": str(self.ports[1]),
            "MAKELEVEL": "0",
        }
        run = subprocess.Popen(
            program or (sys.executable, "-c", RUN),
            cwd=CHECKOUT,
            env={**os.environ, **ours, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.runs.append(run)
        return run

    def started(self, **environment: str) -> tuple["subprocess.Popen[str]", str]:
        run = self.start(**environment)
        return run, read_until(run, "data ")


def read_until(run: "subprocess.Popen[str]", word: str) -> str:
    assert run.stdout
    said = ""
    for line in run.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"the run ended with {run.wait()} and said:\n{said}")


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def alive(process: psutil.Process) -> bool:
    """A dead process that nobody has asked after yet holds nothing any more."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(processes: list[psutil.Process], seconds: float) -> bool:
    return eventually(lambda: not any(map(alive, processes)), seconds)


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
