"""Exported files in an S3 bucket: finished on this machine, then put: an upload counts once it is complete."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

from tasks.shelf import period_of

CONNECT_SECONDS, REQUEST_SECONDS = 5, 60
TRIES = 3
# So many requests at a time where many files go at once.
HANDS = 16


class Bucket:
    """A shelf that is a bucket, or what begins with a prefix in one."""

    def __init__(self, address: str, aside: Path, *, endpoint: str | None, region: str | None) -> None:
        self.address = address
        self.aside = aside
        self._root = address.removeprefix("s3://").rstrip("/")
        self._endpoint, self._region = endpoint, region

    @cached_property
    def _store(self) -> fs.S3FileSystem:
        """Made at the first use: who never exports needs no credentials, which are the usual ones of AWS."""
        return fs.S3FileSystem(
            endpoint_override=self._endpoint,
            region=self._region,
            connect_timeout=CONNECT_SECONDS,
            request_timeout=REQUEST_SECONDS,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
            allow_delayed_open=True,
        )

    def clear_aside(self) -> None:
        """Make the folder aside, and take away what a killed writer left in it: it holds people's rows."""
        if self.aside.exists():
            shutil.rmtree(self.aside)
        self.aside.mkdir(mode=0o700, parents=True)

    def listing(self) -> dict[str, int]:
        """The paths of all exported files, with their sizes in bytes."""
        everything = fs.FileSelector(self._root, recursive=True, allow_not_found=True)
        sizes = {
            info.path.removeprefix(f"{self._root}/"): info.size
            for info in self._store.get_file_info(everything)
        }
        return {path: size for path, size in sizes.items() if period_of(path)}

    def read(self, path: str) -> bytes | None:
        """What a file holds, if it is there."""
        try:
            with self._store.open_input_stream(f"{self._root}/{path}") as file:
                content: bytes = file.read()
        except FileNotFoundError:
            return None
        return content

    def put(self, fresh: Path, path: str) -> None:
        """Let a finished file take its place: an upload that breaks off leaves what was there."""
        with pa.memory_map(str(fresh)) as file:
            content = file.read_buffer()
            upload = self._store.open_output_stream(f"{self._root}/{path}")
            # In one piece: closing is what completes an upload, and nothing of ours may fail between.
            upload.write(content)
            upload.close()

    def remove(self, paths: Sequence[str]) -> None:
        """Take files away that may be there."""
        with ThreadPoolExecutor(HANDS) as pool:
            list(pool.map(self._remove, paths))

    def _remove(self, path: str) -> None:
        try:
            self._store.delete_file(f"{self._root}/{path}")
        except FileNotFoundError:
            return

    def swap(self, fresh: Path, path: str, gone: Sequence[str]) -> None:
        """Let a finished file stand for these others: at two moments close together, for a bucket knows no better."""
        self.put(fresh, path)
        self.remove(gone)
