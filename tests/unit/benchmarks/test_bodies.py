"""What the benchmarks send is the same every time, and of the size it says."""

import json
from datetime import UTC, datetime

import pytest

from benchmarks.bodies import ID, MESSAGE_BYTES, PEOPLE, WORKLOADS, api_key, lines

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_every_run_sends_the_same(name: str):
    assert next(lines(WORKLOADS[name], NOW)) == next(lines(WORKLOADS[name], NOW))


def test_a_line_is_the_key_of_one_of_the_people_and_a_body():
    key, _, body = next(lines(WORKLOADS["singles"], NOW)).partition("\t")

    assert key in {api_key(person) for person in range(PEOPLE)}
    assert json.loads(body)["session_id"] == ID


def test_a_batch_holds_a_hundred_sessions_with_ids_of_their_own():
    _, _, body = next(lines(WORKLOADS["batch"], NOW)).partition("\t")

    assert len({item["session_id"] for item in json.loads(body)}) == 100


def test_messages_are_forty_of_one_kilobyte():
    _, _, body = next(lines(WORKLOADS["messages"], NOW)).partition("\t")

    assert [len(message["content"]) for message in json.loads(body)["messages"]] == [MESSAGE_BYTES] * 40
