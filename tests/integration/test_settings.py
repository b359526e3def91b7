"""Real processes with a bad setting: each ends at once with one sentence, and one of another process stops none."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from standalone.programs import read_procfile
from tests.integration.ingest.serving import serving
from tests.unit.test_settings import BAD, SECRET

CHECKOUT = Path(__file__).parents[2]
SECONDS = 30
PROGRAMS = {
    name: command for name, command in read_procfile(CHECKOUT / "Procfile").items() if name != "release"
}
COMMANDS = PROGRAMS | {
    "run": "python manage.py run",
    "demo": "python manage.py demo",
    "manage.py": "python manage.py list-users --json",
}
CASES = [
    ("ingest", "INGEST_REQUESTS_PER_MINUTE", "many"),
    ("ingest", "INSIGHTS_PUBLIC_TEAM_STATS", "perhaps"),
    ("ingest", "REDIS_URL", "localhost"),
    ("ingest", "INGEST_PORT", "eighty"),
    ("analytics", "TRUSTED_PROXIES", "-1"),
    ("analytics", "INGEST_URL", "nowhere"),
    ("analytics", "SECRET_KEY", "short"),
    ("worker", "EXPORT_RETENTION_DAYS", "0"),
    ("worker", "INSIGHTS_RETENTION_TEXT_DAYS", "-1"),
    ("scheduler", "EXPORT_SCHEDULE", "99"),
    ("manage.py", "DATABASE_URL", "mysql://x"),
    ("run", "INGEST_REQUESTS_PER_MINUTE", "many"),
    ("run", "INSIGHTS_TITLE", "two\nlines"),
    ("run", "PG_BIN", "/nowhere"),
    ("run", "EXPORT_URL", "/proc/x"),
    ("demo", "TRUSTED_PROXIES", "-1"),
]


def environment(home: Path, **settings: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "INSIGHTS_HOME": str(home), "SECRET_KEY": SECRET} | settings


@pytest.mark.parametrize(("process", "name", "value"), CASES)
def test_a_bad_setting_ends_its_process_at_once_with_one_sentence(
    tmp_path: Path, process: str, name: str, value: str
) -> None:
    home = tmp_path / "home"
    ended = subprocess.run(
        shlex.split(COMMANDS[process]),
        cwd=CHECKOUT,
        env=environment(home, **{name: value}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert ended.returncode != 0
    assert ended.stderr.startswith(f"{name}: ") and ended.stderr.count("\n") == 1
    assert ended.stdout in ("", "\nStopping.\n")
    assert not (home / "postgres").exists()


def test_ingest_serves_with_every_bad_setting_of_the_others(database_url: str, redis_url: str) -> None:
    others = {bad.name: bad.value for bad in BAD if "ingest" not in bad.stops}

    with serving(database_url, redis_url, **others) as (_, server):
        assert server.poll() is None
