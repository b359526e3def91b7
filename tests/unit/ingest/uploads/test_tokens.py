"""The token rule: rows are counted once for each response, however often they were repeated."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.uploads.schema import TokenRow
from ingest.uploads.tokens import SYNTHETIC, Response, by_model, count_responses, main_model
from tests.unit.ingest.wire import row

FIGURES = st.integers(min_value=0, max_value=10**6)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "model": st.sampled_from(["a", "b", SYNTHETIC]),
            "input_tokens": st.integers(0, 3),
            "output_tokens": FIGURES,
            "cache_read_tokens": st.integers(0, 2),
            "cache_creation_tokens": st.just(0),
        }
    ),
    max_size=12,
)


def responses(rows: list[dict[str, Any]]) -> list[Response]:
    return count_responses(msgspec.convert(rows, list[TokenRow]))


def tokens(rows: list[dict[str, Any]]) -> list[tuple[int, ...]]:
    return [response[2:] for response in responses(rows)]


@pytest.mark.parametrize(
    ("rows", "counted"),
    [
        ([], []),
        ([row(5, output=1)], [(5, 1, 100, 20)]),
        ([row(5, output=1), row(5, output=7), row(5, output=2)], [(5, 7, 100, 20)]),
        ([row(5, output=1), row(6, output=1)], [(5, 1, 100, 20), (6, 1, 100, 20)]),
        (
            [row(5, output=1), row(6, output=1), row(5, output=1)],
            [(5, 1, 100, 20), (6, 1, 100, 20), (5, 1, 100, 20)],
        ),
        ([row(5, output=1), row(5, output=1, cache_read_tokens=101)], [(5, 1, 100, 20), (5, 1, 101, 20)]),
        ([row(5, output=1), row(5, output=2, model="other")], [(5, 1, 100, 20), (5, 2, 100, 20)]),
        ([row(5, output=9, model=SYNTHETIC)], []),
        ([row(5, output=1), row(0, output=0, model=SYNTHETIC), row(5, output=4)], [(5, 4, 100, 20)]),
        (
            [row(5, output=1, response_id="r1"), row(5, output=4, response_id="r2")],
            [(5, 1, 100, 20), (5, 4, 100, 20)],
        ),
        (
            [row(5, output=1, response_id="r1"), row(6, output=1), row(5, output=4, response_id="r1")],
            [(5, 4, 100, 20), (6, 1, 100, 20)],
        ),
        ([row(5, output=1), row(5, output=1, response_id="r1"), row(5, output=1)], [(5, 1, 100, 20)] * 3),
        ([row(5, output=1, response_id=""), row(5, output=4, response_id="")], [(5, 4, 100, 20)]),
        ([{"model": "m"}], [(0, 0, 0, 0)]),
    ],
)
def test_rows_become_responses(rows: list[dict[str, Any]], counted: list[tuple[int, ...]]) -> None:
    assert tokens(rows) == counted


def test_a_response_has_the_first_time_and_model_of_its_rows() -> None:
    (response,) = responses(
        [
            row(output=1, model=None, response_id="r"),
            row(output=1, model="m", response_id="r", timestamp="2026-11-20T10:00:00Z"),
            row(output=1, model="n", response_id="r", timestamp="2026-11-20T11:00:00Z"),
        ]
    )

    assert response.model == "m"
    assert response.at is not None and response.at.hour == 10


@settings(max_examples=50)
@given(rows=ROWS, data=st.data())
def test_repeating_rows_changes_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    times = data.draw(st.lists(st.integers(1, 3), min_size=len(rows), max_size=len(rows)))
    repeated = [entry for entry, count in zip(rows, times, strict=True) for _ in range(count)]

    assert by_model(responses(repeated)) == by_model(responses(rows))


@settings(max_examples=50)
@given(rows=ROWS, data=st.data())
def test_earlier_states_of_a_row_change_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    grown = []
    for entry in rows:
        earlier = data.draw(st.lists(st.integers(0, entry["output_tokens"]), max_size=3))
        grown += [*(entry | {"output_tokens": output} for output in earlier), entry]

    assert by_model(responses(grown)) == by_model(responses(rows))


@settings(max_examples=50)
@given(rows=ROWS, data=st.data())
def test_rows_with_a_response_id_may_come_in_any_order(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    named = [entry | {"response_id": f"r{place // 2}", "model": "m"} for place, entry in enumerate(rows)]
    shuffled = data.draw(st.permutations(named))

    assert sorted(tokens(list(shuffled))) == sorted(tokens(named))


def test_models_are_summed_apart() -> None:
    sums = by_model(responses([row(5, output=1), row(6, output=2), row(7, output=3, model="other")]))

    assert [
        (entry["model"], entry["responses"], entry["tokens_in"], entry["tokens_out"]) for entry in sums
    ] == [
        (row(output=0)["model"], 2, 11, 3),
        ("other", 1, 7, 3),
    ]


@pytest.mark.parametrize(
    ("models", "main"),
    [([], None), ([None], None), (["a", "b"], "a"), (["a", "b", "b"], "b"), ([None, "a"], "a")],
)
def test_the_main_model_answered_most_often(models: list[str | None], main: str | None) -> None:
    rows = [row(place, output=1, model=model) for place, model in enumerate(models)]

    assert main_model(responses(rows)) == main
