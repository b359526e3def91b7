"""Exported files in an S3 bucket: staged on this machine, then uploaded; S3 shows an upload once it is complete."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from tasks.exports.storage import ExportStorage

CONNECT, REQUEST = timedelta(seconds=5), timedelta(seconds=60)
RETRIES, RETRY = 4, timedelta(seconds=30)
# Larger files are uploaded in parts of this size; the parts in progress are held in memory.
PART_BYTES, PARTS_AT_ONCE = 8 * 2**20, 2


class S3Error(OSError):
    """The bucket refuses or is unreachable; `strerror` is the reason alone, as in any OSError."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address}: {reason}")
        self.strerror = reason


class S3Storage(ExportStorage):
    """An ExportStorage that is a bucket, or a prefix in one."""

    def __init__(self, address: str, staging_dir: Path, *, endpoint: str | None, region: str | None) -> None:
        super().__init__(address, staging_dir)
        self._endpoint, self._region = endpoint, region

    @cached_property
    def _store(self) -> S3Store:
        """Created at first use, so that a worker that never exports needs no credentials."""
        chosen = {"endpoint": self._endpoint, "region": self._region}
        return S3Store.from_url(
            self.address,
            config={name: value for name, value in chosen.items() if value},  # type: ignore[arg-type]
            client_options={
                "allow_http": (self._endpoint or "").startswith("http://"),
                "connect_timeout": CONNECT,
                "timeout": REQUEST,
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": RETRY},
        )

    def sizes(self) -> Iterator[tuple[str, int]]:
        """The path and size of every object below the prefix."""
        with _translated(self.address):
            for chunk in obstore.list(self._store):
                yield from ((found["path"], found["size"]) for found in chunk)

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None if it does not exist."""
        with _translated(self.address):
            try:
                return bytes(obstore.get(self._store, path).bytes())
            except FileNotFoundError:
                return None

    def put(self, staged: Path, path: str) -> None:
        """Upload a staged file to `path`; an upload that fails leaves the old file as it was."""
        with _translated(self.address):
            obstore.put(self._store, path, staged, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, some of which may not exist."""
        if paths:
            with _translated(self.address):
                obstore.delete(self._store, list(paths))


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """Raise errors of obstore as S3Error, with a one-line reason."""
    try:
        yield
    except BaseError as error:
        line = str(error).strip().partition("\n")[0]
        raise S3Error(address, line) from error
