"""What `make check` runs passes, and locked requirements hold nothing but versions and hashes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import ROOT

LOCKED = re.compile(
    r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+( ; [^:/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
)
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "ruff", "check", "."],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command as check; check()"],
    ],
    ids=["format", "lint", "types", "imports"],
)
def test_the_checks_pass(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_hashes_and_no_hosts(lock: Path) -> None:
    text = lock.read_text()

    assert "--hash=sha256:" in text
    # Packages with their versions and hashes, and nothing else: no option, no address.
    assert [line for line in text.splitlines() if not LOCKED.fullmatch(line)] == []
