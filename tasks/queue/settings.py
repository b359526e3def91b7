"""The address of Redis, a setting of every process but the admin CLI."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator

from db.config import DataFolderSettings, url_port
from db.private_address import socket_folder


def redis_address(value: str) -> str:
    """Accept only a URL that redis-py can connect to."""
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    address = urlsplit(value)
    is_socket = address.scheme == "unix"
    match = re.fullmatch(r"/\S+", address.path) if is_socket else re.fullmatch(r"(/[0-9]*)?", address.path)
    if not value.isprintable() or not match or not re.fullmatch(r"(db=[0-9]+)?", address.query):
        raise ValueError(
            "must be redis://host:port/number or unix:///path?db=number, with nothing else behind"
        )
    return value


def redis_socket(home: Path) -> Path:
    """The socket of the embedded Valkey of this data folder."""
    return socket_folder(home) / "valkey.sock"


def redis_url(home: Path) -> str:
    """The URL, for redis-py, of the embedded Valkey whose data is in `home`."""
    return f"unix://{quote(str(redis_socket(home)))}"


class RedisSettings(DataFolderSettings):
    """The address of Redis or Valkey."""

    #: Redis or Valkey; unset = the embedded one of `make run`.
    redis_url: Annotated[str, AfterValidator(redis_address), AfterValidator(url_port)] | None = None

    @property
    def redis(self) -> str:
        """The URL of the Redis to use."""
        return self.redis_url or redis_url(self.insights_home)
