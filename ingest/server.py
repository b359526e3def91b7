"""gunicorn's configuration for ingest (`--config python:ingest.server`): its workers count into one folder."""

import os
import shutil
import tempfile
from typing import Any

#: prometheus_client looks for it when it is imported, which the workers do after they are forked.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(_arbiter: object) -> None:
    """Begin with an empty folder: what an earlier run has counted is over."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="insights-metrics-")


def on_exit(_arbiter: object) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def child_exit(_arbiter: object, worker: Any) -> None:
    """Drop what a worker that is gone had open."""
    # Not before the folder is known.
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid, os.environ[FOLDER])  # type: ignore[no-untyped-call]
