"""Exported files in a local folder: staged beside their place, flushed to disk, then renamed."""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks.exports.storage import ExportStorage

# From linux/fcntl.h, linux/fs.h and sys/stdio.h of macOS.
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV}


class LocalStorage(ExportStorage):
    """An ExportStorage that is a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        # On the same disk, as a rename requires; hidden, so that no reader looks into it.
        super().__init__(str(folder), folder / ".staging")
        self._folder = folder

    def clear_staging(self) -> None:
        """Create both folders, private to their owner; to share the exports, an admin creates the outer one."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().clear_staging()

    def sizes(self) -> Iterator[tuple[str, int]]:
        """The path and size of every Parquet file in folders by year and month."""
        for path in self._folder.glob("*/year=*/month=*/*.parquet"):
            yield path.relative_to(self._folder).as_posix(), path.stat().st_size

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None if it does not exist."""
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, staged: Path, path: str) -> None:
        """Move a staged file to `path`, replacing the file there; survives a power cut from then on."""
        target = self._folder / path
        _flush(staged)
        self._make(target.parent)
        staged.replace(target)
        _flush(target.parent)

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, some of which may not exist."""
        for path in paths:
            (self._folder / path).unlink(missing_ok=True)
        for folder in {(self._folder / path).parent for path in paths}:
            if folder.exists():
                _flush(folder)

    def swap(self, staged: Path, path: str, replaced: Sequence[str]) -> None:
        """Move a staged file to `path` in place of others, by exchanging their folder with one that holds it alone."""
        if not replaced or not self._exchange(staged, path, replaced):
            super().swap(staged, path, replaced)

    def _exchange(self, staged: Path, path: str, replaced: Sequence[str]) -> bool:
        """False where other files are in the folder, or the system has no atomic exchange."""
        target = self._folder / path
        names = {Path(name).name for name in (path, *replaced)}
        if not target.parent.exists() or {entry.name for entry in target.parent.iterdir()} - names:
            return False
        new = self.staging_dir / "month"
        new.mkdir()
        shutil.copymode(target.parent, new)
        _flush(staged)
        staged.replace(new / target.name)
        _flush(new)
        if not exchange_folders(new, target.parent):
            (new / target.name).replace(staged)
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


def exchange_folders(one: Path, other: Path) -> bool:
    """Swap two folders atomically; False where the system or the file system does not support it."""
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
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _flush(path: Path) -> None:
    """Flush a file, or the entries of a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
