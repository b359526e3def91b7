"""Exported files in a folder of this machine: written aside, flushed to disk, renamed."""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tasks.exports.storage import empty, period_of

# From the system's headers.
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV}


class LocalStorage:
    """A shelf that is a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.address = str(folder)
        # On the same disk, for a file can only be renamed there; hidden, so that no reader looks into it.
        self.staging_dir = folder / ".aside"

    def clear_staging(self) -> None:
        """Make the folder aside, and take away what a killed writer left in it: it holds people's rows."""
        # Whoever wants to share the folder makes it, with rights of their choice.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        empty(self.staging_dir)

    def listing(self) -> dict[str, int]:
        """The paths of all exported files, with their sizes in bytes."""
        found = self._folder.glob("*/year=*/month=*/*.parquet")
        sizes = {path.relative_to(self._folder).as_posix(): path.stat().st_size for path in found}
        return {path: size for path, size in sizes.items() if period_of(path)}

    def read(self, path: str) -> bytes | None:
        """What a file holds, if it is there."""
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, fresh: Path, path: str) -> None:
        """Let a finished file take its place; it lasts from then on."""
        target = self._folder / path
        _flush(fresh)
        self._make(target.parent)
        fresh.replace(target)
        _flush(target.parent)

    def remove(self, paths: Sequence[str]) -> None:
        """Take files away that may be there."""
        for path in paths:
            (self._folder / path).unlink(missing_ok=True)
        for folder in {(self._folder / path).parent for path in paths}:
            if folder.exists():
                _flush(folder)

    def swap(self, fresh: Path, path: str, gone: Sequence[str]) -> None:
        """Let a finished file stand for these others: its folder changes places with one that holds it alone."""
        if not gone:
            self.put(fresh, path)
            return
        month = (self._folder / path).parent
        others = {entry.name for entry in month.iterdir()} if month.exists() else set()
        if others - {Path(name).name for name in (path, *gone)} or not self._exchange(fresh, path):
            # Somebody keeps files of their own there, or the system can't do it: one after the other, then.
            self.put(fresh, path)
            self.remove(gone)

    def _exchange(self, fresh: Path, path: str) -> bool:
        target = self._folder / path
        if not target.parent.exists():
            return False
        new = self.staging_dir / "month"
        new.mkdir()
        shutil.copymode(target.parent, new)
        _flush(fresh)
        fresh.replace(new / target.name)
        _flush(new)
        if not change_places(new, target.parent):
            (new / target.name).replace(fresh)
            new.rmdir()
            return False
        _flush(target.parent.parent)
        shutil.rmtree(new)
        return True

    def _make(self, folder: Path) -> None:
        if folder.exists():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush(folder.parent)


def change_places(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where system or disk can't."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = libc.renamex_np(*names, _RENAME_SWAP)
        else:
            failed = libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    except AttributeError:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _flush(path: Path) -> None:
    """Have what was written to a file, or renamed in a folder, outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
