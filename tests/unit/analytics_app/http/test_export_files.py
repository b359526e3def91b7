"""The exported files: the newest first, and only what lies inside the folder, as a file, is handed out."""

from datetime import date
from pathlib import Path

import pytest

from analytics_app.http.export_files import is_there, name, newest_first, opened
from db.usage.exports import ExportedFile

DAY = "sessions/year=2026/month=11/sessions_2026-11-20.parquet"
MONTH = "sessions/year=2026/month=10/sessions_2026-10.parquet"


def file(path: str, first: date = date(2026, 11, 20), last: date | None = None) -> ExportedFile:
    return ExportedFile(
        path=path,
        dataset=path.partition("/")[0],
        first_day=first,
        last_day=last or first,
        row_count=7,
        byte_count=2_000,
        sha256="5" * 64,
        schema_version="1",
        people=["alice"],
    )


def test_days_and_months_are_listed_the_newest_first() -> None:
    other = "tools/year=2026/month=11/tools_2026-11-20.parquet"
    last = "sessions/year=2026/month=10/sessions_2026-10-31.parquet"
    october, end = date(2026, 10, 1), date(2026, 10, 31)
    files = newest_first([file(last, end), file(MONTH, october, end), file(other), file(DAY)])
    assert [one.path for one in files] == [DAY, other, MONTH, last]


def test_a_file_is_found_where_it_is_and_not_where_a_link_leads(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    for path in (DAY, MONTH):
        (folder / path).parent.mkdir(parents=True)
    (folder / DAY).write_bytes(b"PAR1")
    (tmp_path / "secret").write_text("secret")
    (folder / MONTH).symlink_to(tmp_path / "secret")
    content = opened(folder, file(DAY))
    assert content is not None
    with content:
        assert content.read() == b"PAR1"
    assert (is_there(folder, file(DAY)), is_there(folder, file(MONTH))) == (True, False)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "sessions/../../secret", "sessions"])
def test_nothing_else_is_found_whatever_is_remembered(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "exports" / "sessions").mkdir(parents=True)
    assert opened(tmp_path / "exports", file(path)) is None


def test_a_file_that_is_gone_is_not_there_and_neither_is_one_of_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert [is_there(folder, file(DAY)) for folder in (tmp_path, tmp_path / "gone")] == [False, False]


def test_a_link_that_leads_to_itself_is_no_file(tmp_path: Path) -> None:
    (tmp_path / DAY).parent.mkdir(parents=True)
    (tmp_path / DAY).symlink_to(tmp_path / DAY)
    assert opened(tmp_path, file(DAY)) is None


def test_a_file_that_may_not_be_read_is_not_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / DAY).parent.mkdir(parents=True)
    (tmp_path / DAY).write_bytes(b"PAR1")

    def refuse(_path: Path, _mode: str) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert opened(tmp_path, file(DAY)) is None


def test_a_file_is_called_as_its_path_ends() -> None:
    assert name(file(DAY)) == "sessions_2026-11-20.parquet"
