"""The ids of uploads."""

import time
import uuid

from ingest.uploads.pipeline import new_upload_id


def test_an_id_is_a_uuid_of_version_seven() -> None:
    made = uuid.UUID(new_upload_id())

    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_it_begins_with_its_time() -> None:
    before, made, after = time.time(), uuid.UUID(new_upload_id()), time.time()

    assert int(before * 1000) <= made.int >> 80 <= int(after * 1000)


def test_no_two_are_alike_and_every_free_bit_varies() -> None:
    made = [uuid.UUID(new_upload_id()).int for _ in range(2000)]
    ones = zeros = 0
    for number in made:
        ones, zeros = ones | number, zeros | ~number

    assert len(set(made)) == 2000
    assert (ones & zeros & ((1 << 80) - 1)).bit_count() == 74
