"""One round: wrk sends for some seconds, then we wait for the rows and count them."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bodies import Workload
from benchmarks.servers import Server

SCRIPT = Path(__file__).parent / "upload.lua"


@dataclass(frozen=True)
class Round:
    """What one server did in one round."""

    #: Sessions that were answered with 2xx while wrk was sending.
    acknowledged: int
    load_seconds: float
    #: Sessions that stood as rows once nothing waited any more, and how long after the first request that was.
    rows: int
    rows_seconds: float
    #: Refused, broken, or acknowledged without ever becoming a row.
    errors: int
    p50_ms: float
    p99_ms: float
    #: For one row, until the server had nothing left to do.
    server_cpu_ms: float
    postgres_cpu_ms: float
    #: The share of the cores that programs without a part in this used meanwhile.
    foreign_share: float

    @property
    def acknowledged_rate(self) -> float:
        """Acknowledged sessions a second."""
        return self.acknowledged / self.load_seconds

    @property
    def rows_rate(self) -> float:
        """Committed rows a second: the figure that counts."""
        return self.rows / self.rows_seconds

    def summary(self) -> str:
        """The round in one line, for whoever waits."""
        return (
            f"{self.rows_rate:,.0f} rows/s, {self.acknowledged_rate:,.0f} acknowledged/s, "
            f"p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms, "
            f"CPU {self.server_cpu_ms:.2f} + {self.postgres_cpu_ms:.2f} ms a row, "
            f"{self.errors} errors, others used {self.foreign_share:.0%} of the machine"
        )


def require_wrk() -> None:
    """Say in one line what is missing."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")


def run_round(server: Server, load: Workload, *, bodies: Path, seconds: int | None = None) -> Round:
    """Clear the server's tables, load it, wait for everything it acknowledged, and count."""
    server.clear()
    before = server.usage()
    sent = _send(server.address, load, bodies, seconds or load.seconds)
    stopped_at = time.monotonic()
    late = max(0.0, server.wait_for_rows() - stopped_at)
    rows = server.sessions()
    if not rows:
        sys.exit(f"{server.name} stored nothing in the row {load.name}: {sent}")
    server.wait_for_rest()
    used = server.usage().since(before)
    acknowledged = int(sent["requests"] - sent["refused"]) * load.items
    return Round(
        acknowledged=acknowledged,
        load_seconds=sent["seconds"],
        rows=rows,
        rows_seconds=sent["seconds"] + late,
        errors=int(sent["refused"] + sent["broken"]) + max(0, acknowledged - rows),
        p50_ms=sent["p50_ms"],
        p99_ms=sent["p99_ms"],
        server_cpu_ms=1000 * used.server / max(1, rows),
        postgres_cpu_ms=1000 * used.postgres / max(1, rows),
        foreign_share=used.foreign_share,
    )


def _send(address: str, load: Workload, bodies: Path, seconds: int) -> dict[str, float]:
    run = f"{load.name}-{secrets.token_hex(6)}"
    environment = {**os.environ, "BODIES": str(bodies), "RUN": run, "UPLOAD_PATH": load.path}
    done = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{load.connections}",
            f"-d{seconds}s",
            "--timeout",
            "60s",
            "-s",
            str(SCRIPT),
            address,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, float] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return report
