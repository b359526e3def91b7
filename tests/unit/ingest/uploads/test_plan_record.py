"""From wire to record: a plan's title, time and content, cut to the share level."""

import json
from typing import Any

import pytest

from ingest.redaction.redactor import Redactor
from ingest.uploads.plan_record import plan_record
from ingest.uploads.schema import read_plan
from ingest.uploads.session_record import Record
from tests.unit.ingest.fakes import NOW
from tests.unit.ingest.wire import plan

REDACTOR = Redactor("dkd_sk_")
KEY = "dkd_sk_" + "k" * 43


def written(share_level: str = "full", **changes: Any) -> Record:
    return plan_record(read_plan(plan(**changes)), share_level=share_level, now=NOW, redactor=REDACTOR)


def body(share_level: str = "full", **changes: Any) -> dict[str, Any]:
    return dict(json.loads(written(share_level, **changes)[1]))


def test_a_plain_plan_is_stored_whole_and_gives_no_warning() -> None:
    assert body() | {"content_hash": ""} == {
        "content_hash": "",
        "title": "Move the cache",
        "created_at": "2026-11-20T10:00:00Z",
        "content": "# Move the cache\n\na secret plan\n",
    }
    assert written()[2] == []


def test_content_is_not_kept_below_full_and_its_owner_is_told() -> None:
    record = written("metadata")

    assert "content" not in json.loads(record[1]) and "secret plan" not in record[1]
    assert record[2] == ["Text is not kept at share level metadata: content."]


def test_of_content_that_was_empty_nothing_is_told() -> None:
    assert written("metadata", content="")[2] == []


def test_secrets_are_replaced_everywhere_and_counted() -> None:
    record = written(name=f"plan-{KEY}", title=KEY, content=f"use {KEY} or {KEY}")

    assert KEY not in "".join(record[:2])
    assert record[2] == ["Secrets were replaced before anything was stored: 4 insights_key."]


def test_a_name_that_grows_by_its_redaction_still_fits() -> None:
    name = written(name="://u:p@h" * 25)[0]

    assert len(name) == 200 and ":p@" not in name


def test_secrets_in_content_that_is_not_kept_are_not_counted() -> None:
    assert written("metadata", content=KEY)[2] == ["Text is not kept at share level metadata: content."]


def test_a_title_may_be_long_but_is_cut() -> None:
    assert body(title="x" * 501)["title"] == "x" * 500
    assert written(title="x" * 501)[2] == ["title is longer than 500 characters and was cut."]


def test_a_secret_where_the_title_is_cut_leaves_no_part_of_it() -> None:
    assert "kkk" not in body(title="x" * 480 + " " + KEY)["title"]


@pytest.mark.parametrize("title", [None, ""])
def test_a_plan_may_have_no_title(title: str | None) -> None:
    assert body(title=title)["title"] is None


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "2019-12-31T23:59:59Z", "2026-11-25T00:00:00Z"])
def test_a_time_that_cannot_be_is_unknown(moment: str) -> None:
    assert body(created_at=moment)["created_at"] is None
    assert written(created_at=moment)[2] == ["created_at is no usable time: it is taken as unknown."]


def test_a_plan_may_have_no_time() -> None:
    assert (body(created_at=None)["created_at"], written(created_at=None)[2]) == (None, [])


def test_equal_plans_have_equal_hashes() -> None:
    assert body()["content_hash"] == body(shiny="new")["content_hash"]


@pytest.mark.parametrize("changes", [{"title": "other"}, {"content": "other"}, {"created_at": None}])
def test_another_plan_has_another_hash(changes: dict[str, Any]) -> None:
    assert body(**changes)["content_hash"] != body()["content_hash"]
