"""A request's time: each has its own, and its thread takes none of it to the next."""

import pytest

from db.deadline import remaining, time_budget
from ingest.http.request_deadline import STORAGE_SECONDS
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase


def patience() -> float:
    with time_budget(60):
        return remaining()


def test_a_request_has_so_long_for_the_storage(
    api: Api, database: FakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    monkeypatch.setattr(database, "_ping", lambda: seen.append(patience()) or [{"answer": 1}], raising=False)

    api.get("/health", None)

    assert STORAGE_SECONDS - 0.5 < seen[0] <= STORAGE_SECONDS


def test_after_the_request_its_thread_is_as_patient_as_before(api: Api) -> None:
    api.get("/health", None)

    assert patience() > 50
