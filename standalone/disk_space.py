"""Free space on the disk of the data folder: the supervisor warns before it is full and names it in errors."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

MIB = 1024 * 1024
CHECK_INTERVAL_SECONDS = 5.0
#: A warning is due below this, or below a tenth of a small disk.
LOW_BYTES = 512 * MIB
LOW_SHARE = 10
#: The all-clear needs half as much again, or a disk at the limit would alternate between both messages.
ENOUGH_FACTOR = 1.5
#: PostgreSQL needs files of 16 MiB for its log of changes, and some room to recover.
FULL_BYTES = 32 * MIB
#: What the stores write in their logs.
NO_SPACE = "No space left on device"


class Usage(Protocol):
    """Sizes in bytes, as shutil.disk_usage returns them."""

    @property
    def total(self) -> int:
        """Size of the whole disk in bytes."""

    @property
    def free(self) -> int:
        """Bytes that this user may still write."""


class DiskSpace:
    """The disk of one folder, and whether its free space was low at the last check."""

    def __init__(self, folder: Path, usage: Callable[[Path], Usage] = shutil.disk_usage) -> None:
        """`usage` returns the sizes of the disk that holds a folder."""
        self._folder = folder
        self._usage = usage
        self._next_check_at = 0.0
        self._is_low = False

    def poll(self, now: float) -> str | None:
        """Return a message when free space becomes low or sufficient again; `now` in monotonic seconds."""
        if now < self._next_check_at:
            return None
        self._next_check_at = now + CHECK_INTERVAL_SECONDS
        try:
            usage = self._usage(self._folder)
        except OSError:
            return None
        low = min(LOW_BYTES, usage.total // LOW_SHARE)
        was_low, self._is_low = self._is_low, usage.free < low * (ENOUGH_FACTOR if self._is_low else 1)
        if self._is_low == was_low:
            return None
        if was_low:
            return f"There is room again on the disk of {self._folder}: {_free(usage)}."
        return (
            f"Warning: the disk of {self._folder} is nearly full: {_free(usage)}. "
            "When it is full, uploads are answered 503 until there is room."
        )

    def is_full(self) -> bool:
        """Return whether free space is too low for PostgreSQL to start."""
        try:
            return self._usage(self._folder).free < FULL_BYTES
        except OSError:
            return False

    def reason(self, log: str) -> str | None:
        """Return a message if a full disk is why the child that wrote this log has exited."""
        if not self.is_full() and NO_SPACE not in log:
            return None
        try:
            room = f" ({_free(self._usage(self._folder))})"
        except OSError:
            room = ""
        return f"The disk of {self._folder} is full{room}: make room, and it comes back by itself."


def _free(usage: Usage) -> str:
    return f"{usage.free // MIB} MiB of {usage.total // MIB} MiB are free"
