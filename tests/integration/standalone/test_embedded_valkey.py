"""The private Valkey keeps its queue through a stop, and refuses instead of forgetting."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from standalone.embedded_valkey import EmbeddedValkey


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="insights-test-") as folder:
        yield Path(folder)


def test_what_was_queued_is_there_after_a_stop(home: Path):
    with EmbeddedValkey(home) as url, redis.Redis.from_url(url) as client:
        client.rpush("queue", "ring")

    with EmbeddedValkey(home) as url, redis.Redis.from_url(url) as client:
        assert client.lrange("queue", 0, -1) == [b"ring"]


def test_no_port_is_opened_and_nothing_is_evicted(home: Path):
    with EmbeddedValkey(home) as url, redis.Redis.from_url(url) as client:
        assert client.config_get("port", "maxmemory-policy") == {
            "port": "0",
            "maxmemory-policy": "noeviction",
        }


def test_the_socket_is_ours_alone(home: Path):
    with EmbeddedValkey(home):
        assert (home / "run" / "valkey.sock").stat().st_mode & 0o077 == 0
