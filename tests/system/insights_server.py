"""A whole running server as the tests of the third floor see it: from outside, by its commands, ports and pages."""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
STOP_SECONDS = 20


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Answer:
    """What came back from one request."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class InsightsServer:
    """One `manage.py run` on a data folder and ports of its own."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    verb: str = "run"
    ingest_port: int = field(default_factory=free_port)
    analytics_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ingest(self) -> str:
        """Where uploads go."""
        return f"http://127.0.0.1:{self.ingest_port}"

    @property
    def analytics(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.analytics_port}"

    @property
    def database_url(self) -> str:
        """The private PostgreSQL."""
        return f"postgresql://insights@/insights?host={self.home}/run"

    @property
    def redis_url(self) -> str:
        """The private Valkey."""
        return f"unix://{self.home}/run/valkey.sock"

    @property
    def output(self) -> str:
        """What it printed so far."""
        return (self.home / "output").read_text()

    def environment(self) -> dict[str, str]:
        """Ours without the settings of whoever runs the tests."""
        mine = {"INSIGHTS_HOME": str(self.home), "INGEST_PORT": str(self.ingest_port)}
        foreign = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        return kept | mine | {"ANALYTICS_PORT": str(self.analytics_port)} | self.settings

    def start(self) -> None:
        """Start it, and wait until it says that it runs."""
        self.home.mkdir(exist_ok=True)
        with (self.home / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "manage.py", self.verb],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                cwd="/",
                start_new_session=True,
            )
        wait_until(lambda: "is running." in self.output or self._ended(), START_SECONDS)
        assert not self._ended(), self.output

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it as a person would, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def processes(self) -> list[psutil.Process]:
        """Everything that still runs on this data folder, whoever its parent is."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = " ".join(process.cmdline())
                environment = process.environ()
                if str(self.home) in words or environment.get("INSIGHTS_HOME") == str(self.home):
                    found.append(process)
        return [
            process
            for process in found
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
        ]

    def command(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run one verb of the admin CLI, however it ends."""
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *words],
            env=self.environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    def manage(self, *words: str, text: str = "") -> Any:
        """Run one verb of the admin CLI and return its JSON document."""
        done = self.command(*words, "--json", text=text)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def printed_curl(self) -> list[str]:
        """The ready command that the first start printed."""
        [line] = re.findall(r"^\s*(curl .*)$", self.output, re.MULTILINE)
        return shlex.split(line)

    def printed(self, word: str) -> str:
        """What the first start printed behind a word: name, password or API key."""
        [value] = re.findall(rf"^\s*{word}\s+(\S+)$", self.output, re.MULTILINE)
        return str(value)

    def post(self, path: str, key: str, body: Any, **headers: str) -> Answer:
        """Upload JSON (or bytes as they are) with a key."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ask(
            f"{self.ingest}{path}", data, {"X-API-Key": key, "Content-Type": "application/json"} | headers
        )

    def get(self, path: str, key: str) -> Any:
        """Read JSON with a key."""
        return ask(f"{self.ingest}{path}", None, {"X-API-Key": key}).json()


def ask(
    address: str, data: bytes | None = None, headers: dict[str, str] | None = None, method: str | None = None
) -> Answer:
    """One request, whatever its status."""
    request = urllib.request.Request(address, data, headers or {}, method=method)
    try:
        with _no_redirects.open(request, timeout=15) as answer:
            return Answer(answer.status, _lower(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers), error.read())


class _KeepRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_no_redirects = urllib.request.build_opener(_KeepRedirect)


def wait_until(condition: Callable[[], Any], seconds: float) -> Any:
    """Ask again and again until the answer is yes; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.05)
    return value


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
