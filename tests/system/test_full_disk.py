"""A data folder on a disk that fills up: uploads are refused meanwhile, and all comes back once there is room."""

import errno
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.insights_server import InsightsServer, ask, wait_until

DISK = "256m"
STARTED_AT = "2026-11-01T10:00:00Z"
#: Long enough for PostgreSQL to fail at its start more than once.
FULL_SECONDS = 5


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own, in memory."""
    folder = Path(tempfile.mkdtemp(prefix="insights-disk-"))
    mounted = (
        sys.platform == "linux"
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=711", "tmpfs", folder],
            capture_output=True,
            check=False,
        ).returncode
    )
    if not mounted:
        folder.rmdir()
        pytest.skip("only root of a Linux that allows mounts can make a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def fill(disk: Path) -> Path:
    """Take all the room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            try:
                while True:
                    file.write(b"\1" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast


def session(number: int) -> dict[str, Any]:
    """A session of half a megabyte that no store can compress."""
    text = random.Random(number).randbytes(250_000).hex()
    return {
        "session_id": f"s{number}",
        "started_at": STARTED_AT,
        "messages": [{"seq": 1, "role": "user", "content": text}],
    }


class Client:
    """Uploads one session after the other, and notes which were acknowledged."""

    def __init__(self, insights: InsightsServer) -> None:
        self.insights = insights
        self.key = insights.manage("create-user", "alice", "--share-level", "full")["api_key"]
        self.sent = 0
        self.acknowledged = 0

    def upload(self) -> int:
        """Upload the next; whatever is not taken must be refused as it should."""
        self.sent += 1
        answer = self.insights.post("/api/v1/sessions", self.key, session(self.sent))
        self.acknowledged += answer.status == 202
        assert answer.status == 202 or (answer.status == 503 and "retry-after" in answer.headers), answer
        return answer.status

    def is_all_stored(self) -> bool:
        """Are the acknowledged sessions there, and no others?"""
        return bool(self.insights.get("/api/v1/me", self.key)["sessions_count"] == self.acknowledged)


def kill(insights: InsightsServer, *names: str) -> None:
    for process in insights.processes():
        if process.name() in names:
            process.kill()


def test_nothing_acknowledged_is_lost_and_all_comes_back_by_itself(
    small_disk: Path, own_insights: InsightsServer
) -> None:
    own_insights.home = small_disk / "home"
    own_insights.home.mkdir(mode=0o711)
    # On most machines temporary files lie on the same disk.
    temporary = small_disk / "tmp"
    temporary.mkdir(mode=0o777)
    own_insights.settings["TMPDIR"] = str(temporary)
    own_insights.start()
    client = Client(own_insights)
    assert client.upload() == 202

    ballast = fill(small_disk)
    wait_until(lambda: client.upload() == 503, 60)
    # What is dead on a full disk cannot start before there is room.
    kill(own_insights, "postgres", "valkey-server")
    full_until = time.monotonic() + FULL_SECONDS
    while time.monotonic() < full_until:
        assert client.upload() == 503
        assert ask(f"{own_insights.ingest}/health/live").status == 200
        assert ask(f"{own_insights.analytics}/login").status in (200, 503)
    ballast.unlink()

    wait_until(lambda: client.upload() == 202, 60)
    wait_until(client.is_all_stored, 60)
    assert [row for row in own_insights.manage("check") if not row["agrees"]] == []
    wait_until(lambda: "There is room again on the disk" in own_insights.output, 30)
    told = own_insights.output.partition("is running.")[2]
    assert re.search(r"^Warning: the disk of .* is nearly full: 0 MiB of 256 MiB are free", told, re.M)
    assert re.search(
        r"^postgres ended with exit code 1; it starts again in 1 s. The disk of .* is full", told, re.M
    )
    assert not re.search(r"^(ingest|analytics|scheduler) ", told, re.M)
    assert "bytes could not be written here" in (own_insights.home / "logs/ingest.log").read_text()
