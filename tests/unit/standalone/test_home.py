"""The data folder has one owner, one secret, and a note of what a run was told."""

import re
from pathlib import Path

import pytest

from standalone import home
from standalone.child_processes.processes import ProcessError


def test_a_second_owner_is_refused_and_told_who_is_first(tmp_path: Path):
    with (
        home.exclusive_lock(tmp_path),
        pytest.raises(ProcessError, match=r"Another .* \(process \d+\)"),
        home.exclusive_lock(tmp_path),
    ):
        pass


def test_the_next_owner_is_welcome(tmp_path: Path):
    with home.exclusive_lock(tmp_path):
        pass

    with home.exclusive_lock(tmp_path):
        assert re.fullmatch(r"\d+", (tmp_path / "lock").read_text())


def test_the_secret_is_made_once_and_for_us_alone(tmp_path: Path):
    first = home.secret_key(tmp_path)

    assert len(first) >= 60
    assert home.secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_what_a_run_was_told_is_known_later_and_to_us_alone(tmp_path: Path):
    home.save_settings(tmp_path, {"export_url": "/old"})
    home.save_settings(tmp_path, {"export_url": "/srv/exports"})

    assert home.saved_settings(tmp_path) == {"export_url": "/srv/exports"}
    assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600


def test_before_the_first_run_nothing_is_remembered(tmp_path: Path):
    assert home.saved_settings(tmp_path / "missing") == {}
