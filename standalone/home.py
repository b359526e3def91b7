"""The data folder of `make run`: its lock, its secret key, and the settings that the admin CLI reads from it."""

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

SETTINGS_FILE = "settings.json"


@contextmanager
def exclusive_lock(home: Path) -> Iterator[None]:
    """Lock the data folder during the block; raises ProcessError when another run holds it."""
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
    """Return the key that signs logins; it is generated at the first start and kept in the data folder."""
    path = home / "secret_key"
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def save_settings(home: Path, settings: dict[str, Any]) -> None:
    """Save the settings of this run for the admin CLI, readable only by this user: a URL may hold a password."""
    _write_private(home / SETTINGS_FILE, json.dumps(settings, indent=1))


def saved_settings(home: Path) -> dict[str, Any]:
    """Return the settings of the last run on this folder; empty before the first run or without read permission."""
    try:
        settings: dict[str, Any] = json.loads((home / SETTINGS_FILE).read_text(encoding="utf-8"))
    except OSError:
        return {}
    return settings


def _write_private(path: Path, text: str) -> None:
    """Replace the file atomically, so that a crash leaves no partial file."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
