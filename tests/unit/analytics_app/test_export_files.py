"""The exported files: only what the manifest lists, only where ours lie, the newest first."""

import json
from pathlib import Path
from typing import Any

import pytest

from analytics_app import export_files
from analytics_app.export_files import Unreadable, listed, place

DAY = "sessions/year=2026/month=11/sessions_2026-11-20.parquet"
MONTH = "sessions/year=2026/month=10/sessions_2026-10.parquet"


def entry(path: str, **changes: Any) -> dict[str, Any]:
    return {"path": path, "rows": 7, "bytes": 2_000, "sha256": "x"} | changes


def manifest(folder: Path, *entries: Any) -> Path:
    (folder / export_files.MANIFEST).write_text(json.dumps({"schema_version": "1", "files": entries}))
    return folder


def test_days_and_months_are_listed_the_newest_first(tmp_path: Path) -> None:
    other = "tools/year=2026/month=11/tools_2026-11-20.parquet"
    files = listed(manifest(tmp_path, entry(MONTH), entry(other), entry(DAY)))
    assert [(file.dataset, file.period, file.rows) for file in files] == [
        ("sessions", "2026-11-20", 7),
        ("tools", "2026-11-20", 7),
        ("sessions", "2026-10", 7),
    ]


def test_before_the_first_export_there_is_none(tmp_path: Path) -> None:
    assert listed(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"files": 7}', '{"files": [7]}', '{"files": [{"path": "x"}]}x', "[" * 99_999],
)
def test_a_manifest_that_is_none_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / export_files.MANIFEST).write_text(text)
    with pytest.raises(Unreadable):
        listed(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "../etc/passwd",
        "/etc/passwd",
        "sessions/../../x/sessions_2026-11-20.parquet",
        "sessions/tools_2026-11-20.parquet",
        "sessions/.sessions_2026-11-20.parquet.7",
        "manifest.json",
    ],
)
def test_what_lies_where_none_of_ours_does_is_not_listed(tmp_path: Path, path: str) -> None:
    assert listed(manifest(tmp_path, entry(path), entry(DAY)))[0].path == DAY
    assert place(tmp_path, path) is None


def test_a_file_is_found_where_it_is_and_not_where_a_link_leads(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    for path in (DAY, MONTH):
        (folder / path).parent.mkdir(parents=True)
    (folder / DAY).write_bytes(b"PAR1")
    (tmp_path / "secret").write_text("secret")
    (folder / MONTH).symlink_to(tmp_path / "secret")
    manifest(folder, entry(DAY), entry(MONTH))
    assert place(folder, DAY) == (folder / DAY).resolve()
    assert place(folder, MONTH) is None


def test_a_file_that_is_gone_is_not_there(tmp_path: Path) -> None:
    assert place(manifest(tmp_path, entry(DAY)), DAY) is None
