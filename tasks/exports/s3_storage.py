"""Exported files in an S3 bucket: finished on this machine, then put: an upload counts once it is complete."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from tasks.exports.storage import empty, period_of

CONNECT, REQUEST = timedelta(seconds=5), timedelta(seconds=60)
RETRIES, RETRY = 4, timedelta(seconds=30)
# Larger files go in parts of this size; what of them is under way is held in memory.
PART_BYTES, PARTS_AT_ONCE = 8 * 2**20, 2


class S3Error(OSError):
    """The bucket, or the way to it, refuses; `strerror` is the refusal alone, as it is of a folder."""

    def __init__(self, address: str, refusal: str) -> None:
        super().__init__(f"{address}: {refusal}")
        self.strerror = refusal


class S3Storage:
    """A shelf that is a bucket, or what begins with a prefix in one."""

    def __init__(self, address: str, staging_dir: Path, *, endpoint: str | None, region: str | None) -> None:
        self.address = address
        self.staging_dir = staging_dir
        self._endpoint, self._region = endpoint, region

    @cached_property
    def _store(self) -> S3Store:
        """Made at the first use: who never exports needs no credentials, which are the usual ones of AWS."""
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

    def clear_staging(self) -> None:
        """Make the folder aside, and take away what a killed writer left in it: it holds people's rows."""
        empty(self.staging_dir)

    def listing(self) -> dict[str, int]:
        """The paths of all exported files, with their sizes in bytes."""
        with _translated(self.address):
            sizes = {found["path"]: found["size"] for some in obstore.list(self._store) for found in some}
        return {path: size for path, size in sizes.items() if period_of(path)}

    def read(self, path: str) -> bytes | None:
        """What a file holds, if it is there."""
        with _translated(self.address):
            try:
                return bytes(obstore.get(self._store, path).bytes())
            except FileNotFoundError:
                return None

    def put(self, fresh: Path, path: str) -> None:
        """Let a finished file take its place: an upload that breaks off leaves what was there."""
        with _translated(self.address):
            obstore.put(self._store, path, fresh, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)

    def remove(self, paths: Sequence[str]) -> None:
        """Take files away that may be there."""
        if paths:
            with _translated(self.address):
                obstore.delete(self._store, list(paths))

    def swap(self, fresh: Path, path: str, gone: Sequence[str]) -> None:
        """Let a finished file stand for these others: at two moments close together, for a bucket knows no better."""
        self.put(fresh, path)
        self.remove(gone)


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """Say it as a folder would, in one line."""
    try:
        yield
    except BaseError as error:
        line = str(error).strip().partition("\n")[0]
        raise S3Error(address, line) from error
