"""The permissions of a local export folder."""

from pathlib import Path

import pytest

from tasks.exports.local_storage import LocalStorage


def rights(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_a_new_folder_is_private_to_its_owner(tmp_path: Path) -> None:
    LocalStorage(tmp_path / "far" / "exports").clear_staging()

    assert rights(tmp_path / "far" / "exports") == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o750])
def test_an_existing_folder_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    folder.chmod(mode)

    LocalStorage(folder).clear_staging()

    assert rights(folder) == mode
