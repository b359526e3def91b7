"""From wire to record: tokens of a session, of its models and of its responses."""

from typing import Any

import pytest

from ingest.http.api_errors import FieldError
from ingest.uploads.schema import MAX_COUNT, ValidationFailed
from tests.unit.ingest.recording import record
from tests.unit.ingest.wire import MODEL, row


def test_totals_come_from_the_token_rows_and_the_reported_ones_stay_beside() -> None:
    body = record()

    assert (body["total_tokens_in"], body["total_tokens_out"]) == (15, 10)
    assert (body["cache_read_tokens"], body["cache_creation_tokens"]) == (200, 40)
    assert (body["reported_tokens_in"], body["reported_tokens_out"]) == (30, 15)


@pytest.mark.parametrize("rows", [None, []])
def test_without_token_rows_the_reported_totals_are_the_totals(rows: list[Any] | None) -> None:
    body = record(token_usage=rows)

    assert (body["total_tokens_in"], body["total_tokens_out"], body["responses"]) == (30, 15, [])
    assert [(entry["model"], entry["tokens_in"], entry["responses"]) for entry in body["models"]] == [
        (MODEL, 30, 0)
    ]


def test_only_synthetic_rows_are_no_tokens() -> None:
    body = record(token_usage=[row(output=9, model="<synthetic>")])

    assert (body["total_tokens_in"], body["total_tokens_out"]) == (0, 0)
    assert [entry["model"] for entry in body["models"]] == [MODEL]


@pytest.mark.parametrize("model", [None, "", "<synthetic>"])
def test_a_session_without_a_model_takes_that_of_most_responses(model: str | None) -> None:
    assert record(model=model)["model"] == MODEL


def test_the_models_add_up_to_the_session() -> None:
    body = record(token_usage=[row(1, output=2), row(3, output=4, model="b"), row(5, output=6, model=None)])

    assert [entry["model"] for entry in body["models"]] == [MODEL, "b", ""]
    assert sum(entry["tokens_in"] for entry in body["models"]) == body["total_tokens_in"] == 9


def test_responses_are_kept_for_pricing() -> None:
    rows = [row(5, output=7, timestamp="2026-11-20T12:00:00+02:00")]

    assert record(token_usage=rows)["responses"] == [[MODEL, "2026-11-20T10:00:00Z", 5, 7, 100, 20]]


def test_token_rows_that_add_up_to_nonsense_are_refused() -> None:
    with pytest.raises(ValidationFailed) as invalid:
        record(token_usage=[row(MAX_COUNT, output=1), row(MAX_COUNT - 1, output=1)])

    assert invalid.value.field_errors[0].pointer == "/token_usage"


def test_a_session_names_only_so_many_models() -> None:
    rows = [row(number, output=1, model=f"m{number}") for number in range(101)]

    assert len(record(token_usage=rows[:100])["models"]) == 100
    with pytest.raises(ValidationFailed) as refused:
        record(token_usage=rows)
    assert refused.value.field_errors == [FieldError("/token_usage", "names more than 100 models")]
