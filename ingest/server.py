"""gunicorn's configuration for ingest (`--config python:ingest.server`): its workers count into one folder."""

import os
import shutil
import tempfile
from pathlib import Path

#: prometheus_client looks for it when it is imported, which the workers do after they are forked.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
#: A folder in memory, where the system has one. The workers map these files: on a full disk a write to one kills them.
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is for its owner alone


def on_starting(_arbiter: object) -> None:
    """Begin with an empty folder: what an earlier run has counted is over."""
    in_memory = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="insights-metrics-", dir=in_memory)


def on_exit(_arbiter: object) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
