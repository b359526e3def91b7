"""The address of the private PostgreSQL that `make run` starts."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import quote

DATABASE = "insights"
ROLE = "insights"
# The path of a socket may have 103 bytes on macOS and 107 on Linux, and PostgreSQL adds its own file name.
MAX_FOLDER_LENGTH = 85
# Clients split connection strings at spaces and "=", and lists of hosts at commas.
SAFE_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def socket_folder(home: Path) -> Path:
    """Return the folder of both stores' sockets: in `home`, or in /tmp if that path is long or has odd characters."""
    folder = home.resolve() / "run"
    if len(os.fsencode(folder)) <= MAX_FOLDER_LENGTH and SAFE_PATH.fullmatch(str(folder)):
        return folder
    return Path("/tmp") / f"insights-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108


def database_url(home: Path) -> str:
    """The libpq URL of the private PostgreSQL whose data is in `home`."""
    return url_of(home, DATABASE)


def url_of(home: Path, database: str) -> str:
    """The libpq URL of another database of the same server."""
    return f"postgresql://{ROLE}@/{database}?host={quote(str(socket_folder(home)), safe='')}"
