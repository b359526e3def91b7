"""The data folder of `make run`: one owner, a socket, a secret made once, and what a run was told."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from standalone.child_processes.processes import ProcessError
from standalone.embedded_postgres import make_home

MEMORY = "settings.json"


@contextmanager
def exclusive_lock(home: Path) -> Iterator[None]:
    """Hold the folder for the length of the block, or refuse because another run does."""
    with (make_home(home) / "lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ProcessError(
                f"Another Insights is running on {home} (process {file.read().strip()}): "
                "stop it first, or set INSIGHTS_HOME to another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def secret_key(home: Path) -> str:
    """The secret that signs logins: made at the first start, the same at every later one."""
    path = home / "secret_key"
    if not path.exists():
        _write_for_us_alone(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def remember(home: Path, settings: dict[str, Any]) -> None:
    """Note what this run was told, so the admin CLI need not be told again; an address may hold a password."""
    _write_for_us_alone(home / MEMORY, json.dumps(settings, indent=1))


def remembered(home: Path) -> dict[str, Any]:
    """What the last run on this folder was told; nothing before the first, or for whoever may not know it."""
    try:
        settings: dict[str, Any] = json.loads((home / MEMORY).read_text(encoding="utf-8"))
    except OSError:
        return {}
    return settings


def _write_for_us_alone(path: Path, text: str) -> None:
    """Whole or not at all: half a file left by a crash would be read for ever."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
