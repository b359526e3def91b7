"""A disk that fills up is told once, and once more when there is room."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from standalone.disk_space import CHECK_INTERVAL_SECONDS, MIB, DiskSpace


class Sizes(NamedTuple):
    total: int
    free: int


class Disk:
    """A disk whose free space a test sets, in MiB."""

    def __init__(self, free: int, total: int = 100_000) -> None:
        self.free, self.total = free, total
        self.space = DiskSpace(Path("/data"), usage=lambda _: Sizes(self.total * MIB, self.free * MIB))
        self.now = 0.0

    def poll(self) -> str | None:
        self.now += CHECK_INTERVAL_SECONDS
        return self.space.poll(self.now)


def test_it_warns_once_and_tells_once_that_there_is_room_again():
    disk = Disk(free=5000)
    told = []
    for free in (5000, 511, 3, 0, 600, 767, 768, 900, 511):
        disk.free = free
        told.append(disk.poll())

    assert [bool(sentence) for sentence in told] == [
        False,
        True,
        False,
        False,
        False,
        False,
        True,
        False,
        True,
    ]
    assert told[1] == (
        "Warning: the disk of /data is nearly full: 511 MiB of 100000 MiB are free. "
        "When it is full, uploads are answered 503 until there is room."
    )
    assert told[6] == "There is room again on the disk of /data: 768 MiB of 100000 MiB are free."


@pytest.mark.parametrize(("free", "warns"), [(29, True), (31, False)])
def test_a_small_disk_is_low_below_a_tenth(free: int, warns: bool):
    assert bool(Disk(free=free, total=300).poll()) is warns


def test_the_disk_is_looked_at_every_few_seconds_only():
    disk = Disk(free=5000)
    disk.poll()
    disk.free = 3

    assert disk.space.poll(disk.now + CHECK_INTERVAL_SECONDS - 0.1) is None
    assert disk.space.poll(disk.now + CHECK_INTERVAL_SECONDS) is not None


def test_a_store_that_says_that_there_is_no_space_is_believed():
    disk = Disk(free=5000)

    assert disk.space.reason("    PANIC:  could not write: No space left on device") == (
        "The disk of /data is full (5000 MiB of 100000 MiB are free): make room, and it comes back by itself."
    )
    assert disk.space.reason("    FATAL:  something else") is None


@pytest.mark.parametrize(("free", "full"), [(31, True), (32, False)])
def test_a_disk_without_room_for_a_store_is_full(free: int, full: bool):
    disk = Disk(free=free)

    assert disk.space.is_full() is full
    assert bool(disk.space.reason("")) is full


def test_a_folder_that_is_gone_is_no_news(tmp_path: Path):
    space = DiskSpace(tmp_path / "gone", usage=shutil.disk_usage)

    assert (space.poll(9), space.is_full(), space.reason("")) == (None, False, None)
