"""gunicorn's configuration of ingest, read by its master: settings are checked before any worker starts.

It must import nothing that has locks or thread-locals: a worker makes these gevent's only after it is forked.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from db.config import load
from ingest.config import IngestSettings
from tasks.queue.settings import RedisSettings
from web.gunicorn_options import (
    control_socket_disable,
    forwarder_headers,
    graceful_timeout,
    sendfile,
    worker_class,
    worker_connections,
    workers,
)

__all__ = [
    "bind",
    "control_socket_disable",
    "forwarder_headers",
    "graceful_timeout",
    "sendfile",
    "worker_class",
    "worker_connections",
    "workers",
]

#: The workers add up in this folder. prometheus_client looks for it when it is imported, which they do once forked.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
#: A folder in memory, where the system has one. The workers map these files: on a full disk a write to one kills them.
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is for its owner alone

settings = load(IngestSettings)
load(RedisSettings)
bind = f"{settings.listen_address}:{settings.ingest_port}"


def on_starting(_arbiter: object) -> None:
    """Begin with an empty folder: what an earlier run has counted is over."""
    in_memory = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="insights-metrics-", dir=in_memory)


def child_exit(_arbiter: object, worker: Any) -> None:
    """Forget the open connections of a worker that is gone."""
    # Imported only now, when the folder is known.
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid, os.environ[FOLDER])  # type: ignore[no-untyped-call]


def on_exit(_arbiter: object) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
