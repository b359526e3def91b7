"""What gunicorn is told, and what its master may import before the workers make locks and threads gevent's."""

import subprocess
import sys

import pytest
from gunicorn.config import Config

from web import gunicorn_options

#: They hold locks or thread-locals from the moment they are imported. Made before a worker is forked and patched,
#: these would be shared by all its greenlets: one request's deadline would be every request's.
NOT_IN_THE_MASTER = {
    "db.connection",
    "db.deadline",
    "db.pool",
    "prometheus_client",
    "rq",
    "falcon",
    "dash",
    "flask",
}


@pytest.mark.parametrize("package", ["ingest", "analytics_app"])
def test_the_master_imports_nothing_that_the_workers_must_patch(package: str) -> None:
    script = f"import sys, {package}.gunicorn_conf; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    imported = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"SECRET_KEY": "k" * 32, "PYTHONPATH": "."}
    ).stdout.split()

    assert NOT_IN_THE_MASTER & set(imported) == set()


def test_every_option_is_one_of_gunicorns() -> None:
    options = {name for name in vars(gunicorn_options) if not name.startswith("_")}

    assert options - Config().settings.keys() == set()
