"""What the schedule shows of a run: its duration and its result."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_schedule import entry_name, result, took
from db.run_records import ScheduledRun
from tasks.jobs.schedule import SCHEDULE

BERLIN = ZoneInfo("Europe/Berlin")


def run(due: datetime, **changes: object) -> ScheduledRun:
    values: dict[str, object] = {
        "name": "check",
        "due_at": due,
        "started_at": None,
        "finished_at": None,
        "outcome": None,
        "detail": {},
    }
    return ScheduledRun(**(values | changes))  # type: ignore[arg-type]


def night(day: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, 3, 30, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("seconds", "lang"), [(0.0412, "41 ms"), (2.44, "2.4 s"), (42.4, "42 s"), (150, "2 min"), (7_200, "2 h")]
)
def test_the_duration_of_a_run_is_between_its_start_and_end(
    seconds: float, lang: str, english: Language
) -> None:
    ended = night(20) + timedelta(seconds=seconds)
    assert took(run(night(20), started_at=night(20), finished_at=ended), english) == lang


def test_a_run_that_has_not_ended_has_no_duration(english: Language) -> None:
    assert took(run(night(20), started_at=night(20)), english) == "–"


@pytest.mark.parametrize(
    ("detail", "lang"),
    [
        ({}, ""),
        ({"forgotten": 3}, "forgotten: 3"),
        ({"disagreeing": []}, "disagreeing: –"),
        ({"written_files": ["a", "b"], "days": 2}, "days: 2 · written files: a, b"),
    ],
)
def test_the_result_of_a_run_is_its_recorded_detail(detail: dict[str, object], lang: str) -> None:
    assert result(run(night(20), detail=detail)) == lang


def test_a_long_result_is_cut() -> None:
    assert len(result(run(night(20), detail={"error": "x" * 1000}))) < 200


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_entry_has_a_text(name: str, german: Language) -> None:
    assert entry_name(name, german) != name.replace("_", " "), "add it to entry_name"


def test_an_entry_without_a_text_keeps_its_name(english: Language) -> None:
    names = [entry_name(name, english) for name in ("check", "brand_new")]
    assert names == ["Check of the sums", "brand new"]
