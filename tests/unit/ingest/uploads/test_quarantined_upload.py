"""What quarantine keeps of an item that can't be used."""

import json
from typing import Any

import pytest

from ingest.http.api_errors import FieldError
from ingest.redaction.redactor import Redactor
from ingest.uploads.quarantined_upload import keep, reason_text
from ingest.uploads.schema import MAX_COUNT, ValidationFailed, read_session
from ingest.uploads.session_record import session_record
from ingest.uploads.upload_types import SESSION
from tests.unit.ingest.fakes import NOW
from tests.unit.ingest.wire import row, session

REDACTOR = Redactor("dkd_sk_")
KEY = "dkd_sk_" + "k" * 43


def kept(item: Any, share_level: str = "full") -> tuple[str, str]:
    try:
        upload = read_session(item)
        session_record(upload, share_level=share_level, now=NOW, redactor=REDACTOR)
    except ValidationFailed as invalid:
        return keep(SESSION, item, invalid.field_errors, share_level=share_level, now=NOW, redactor=REDACTOR)
    raise AssertionError("the item is fine")


def test_what_is_right_becomes_a_record_without_the_rest() -> None:
    name, body = kept(session(total_messages="many"))

    assert name == "s1"
    assert json.loads(body)["total_tokens_out"] == 10


def test_those_who_share_text_keep_the_wrong_fields_beside_it_without_secrets() -> None:
    body = json.loads(kept(session(messages=[{"content": f"my {KEY}", KEY: [1, None, KEY]}]))[1])

    assert body["refused"] == {
        "messages": [
            {
                "content": "my [REDACTED:insights_key]",
                "[REDACTED:insights_key]": [1, None, "[REDACTED:insights_key]"],
            }
        ]
    }


@pytest.mark.parametrize(
    "item",
    [
        session(total_messages="a secret plan"),
        session(messages="a secret plan"),
        session(started_at="a secret plan"),
        session(session_id={"a secret plan": 1}),
        session(tool_calls=[{"tool_input": "a secret plan"}]),
        session(total_messages=-1, summary="a secret plan"),
        "a secret plan",
        ["a secret plan"],
    ],
)
def test_of_others_no_word_is_kept(item: Any) -> None:
    name, body = kept(item, "metadata")

    assert "secret" not in name + body
    assert not {"messages", "content", "refused"} & set(json.loads(body))


@pytest.mark.parametrize(
    "item", [5, "x", None, [], {}, session(session_id=""), session(session_id="x" * 201)]
)
def test_an_item_without_a_usable_id_has_no_name_and_no_record(item: Any) -> None:
    name, body = kept(item)

    assert name == ""
    assert set(json.loads(body)) == {"refused"}


def test_a_wrong_start_is_taken_from_inside_the_session() -> None:
    assert json.loads(kept(session(started_at="tomorrow"))[1])["started_at"] == "2026-11-20T10:00:01Z"


def test_token_rows_that_add_up_to_nonsense_are_left_out() -> None:
    rows = [row(MAX_COUNT, output=1), row(MAX_COUNT - 1, output=1)]

    assert json.loads(kept(session(token_usage=rows, total_messages="x"))[1])["total_tokens_in"] == 30


def test_the_reason_names_known_fields_and_nothing_else() -> None:
    field_errors = [
        FieldError("/tools/a secret plan/count", "is required"),
        FieldError("/a secret plan", "stands twice"),
        FieldError("", "must be an object"),
    ]

    assert (
        reason_text(SESSION, "invalid_value", field_errors)
        == "invalid_value: tools is required; stands twice; must be an object"
    )


def test_the_reason_has_an_end() -> None:
    field_errors = [FieldError("/tags", f"{place} is wrong") for place in range(1000)]

    assert len(reason_text(SESSION, "invalid_value", field_errors)) == 500
