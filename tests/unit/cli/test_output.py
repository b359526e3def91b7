"""What the verbs of the admin CLI print: a table for people, or one JSON document; and the days they are asked for."""

import json
from datetime import UTC, date, datetime

import click
import pytest

from cli.output import period, show
from db.usage.periods import Period

ROWS = [
    {"username": "alice", "last_seen_at": datetime(2026, 11, 20, 12, tzinfo=UTC)},
    {"username": "bob", "last_seen_at": None},
]


def test_people_get_columns_under_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "username  last seen at",
        "alice     2026-11-20 12:00:00+00:00",
        "bob",
    ]


def test_programs_get_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, as_json=True)

    assert [row["username"] for row in json.loads(capsys.readouterr().out)] == ["alice", "bob"]


def test_nothing_is_said_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    show([], as_json=False)

    assert capsys.readouterr().out == "Nothing.\n"


def test_no_name_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show({"username": "\x1b[2Jeve\r"}, as_json=False)

    assert capsys.readouterr().out.splitlines()[1] == "\ufffd[2Jeve\ufffd"


FIRST, SECOND = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


def test_a_period_has_its_first_and_its_last_day() -> None:
    assert period(FIRST, SECOND) == Period(date(2026, 11, 1), date(2026, 11, 2))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(click.UsageError, match="--to lies before --from"):
        period(SECOND, FIRST)
