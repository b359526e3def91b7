"""Requests that wait at the same time share a statement, and none of them pays for another."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.accounts.account_records import Account, Caller
from db.deadline import set_time_budget
from db.errors import Refused, StorageUnavailable
from db.uploads.upload_records import InboxRow
from ingest.uploads.group_commit import LARGE_BATCH, GroupCommit
from tests.unit.ingest.fakes import FakeDatabase, Row, person

ALICE = Caller(account=Account.from_row(person(1, "alice", "full")), key_id=1, key_hash=b"")
HANDS = 8


class SlowDatabase(FakeDatabase):
    """The first statement ends only when it is let; the sizes of all are noted."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may_end = threading.Event(), threading.Event()
        self.sizes: list[int] = []
        self.poison = ""
        self.error: Exception | None = None

    def _insert_uploads(self, **columns: list[object]) -> list[Row]:
        self.sizes.append(len(columns["names"]))
        if not self.began.is_set():
            self.began.set()
            assert self.may_end.wait(10)
        elif self.error and (not self.poison or self.poison in columns["names"]):
            raise self.error
        return super()._insert_uploads(**columns)  # type: ignore[arg-type]


def inbox_row(name: str, body: str = "{}") -> InboxRow:
    return InboxRow(upload_id=name, kind="session", name=name, body=body)


@pytest.fixture
def database() -> SlowDatabase:
    return SlowDatabase()


def outcomes(database: SlowDatabase, names: list[str]) -> list[object]:
    """What comes of these uploads when the first is still being written while the others arrive."""
    group_commit = GroupCommit(database)

    def send(name: str) -> object:
        try:
            return group_commit.receive(ALICE, [inbox_row(name)])
        except Exception as error:
            return type(error)

    with ThreadPoolExecutor(HANDS) as hands:
        first = hands.submit(send, names[0])
        assert database.began.wait(10)
        others = [hands.submit(send, name) for name in names[1:]]
        _until(lambda: len(group_commit._queue) == len(others))
        database.may_end.set()
        return [first.result(), *(other.result() for other in others)]


def _until(condition: object) -> None:
    pause = threading.Event()
    while not condition():  # type: ignore[operator]
        pause.wait(0.001)


def test_what_arrives_during_a_statement_shares_the_next(database: SlowDatabase) -> None:
    assert outcomes(database, list("abcdefgh")) == [True] * 8
    assert database.sizes == [1, 7]


def test_one_that_is_refused_costs_the_others_nothing(database: SlowDatabase) -> None:
    database.error, database.poison = Refused("a check"), "c"

    assert outcomes(database, list("abcd")) == [True, True, Refused, True]
    assert sorted(row["name"] for row in database.inbox) == ["a", "b", "d"]


def test_a_storage_that_fails_fails_all_who_waited_for_it(database: SlowDatabase) -> None:
    database.error = StorageUnavailable("down")

    assert outcomes(database, list("abc")) == [True, StorageUnavailable, StorageUnavailable]


def test_one_whose_level_is_not_what_it_was_is_told_so_alone(database: SlowDatabase) -> None:
    group_commit = GroupCommit(database)
    database.may_end.set()
    stranger = Caller(account=Account.from_row(person(2, "bob", "full")), key_id=2, key_hash=b"")

    assert group_commit.receive(ALICE, [inbox_row("a")])
    assert not group_commit.receive(stranger, [inbox_row("b")])


def test_a_large_batch_does_not_delay_small_ones(database: SlowDatabase) -> None:
    group_commit = GroupCommit(database)
    with ThreadPoolExecutor(1) as hands:
        large = hands.submit(group_commit.receive, ALICE, [inbox_row("large", "x" * LARGE_BATCH)])
        assert database.began.wait(10)

        assert group_commit.receive(ALICE, [inbox_row("small")])
        database.may_end.set()
        assert large.result()


def test_a_request_that_waited_too_long_fails_and_is_never_stored(database: SlowDatabase) -> None:
    group_commit = GroupCommit(database)

    def send_late() -> bool:
        set_time_budget(0.05)
        return group_commit.receive(ALICE, [inbox_row("late")])

    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(group_commit.receive, ALICE, [inbox_row("first")])
        assert database.began.wait(10)
        with pytest.raises(StorageUnavailable):
            hands.submit(send_late).result()
        database.may_end.set()
        assert first.result()

    assert group_commit.receive(ALICE, [inbox_row("next")])
    assert [row["name"] for row in database.inbox] == ["first", "next"]


def test_a_leader_whose_time_is_over_promotes_the_next_request(database: SlowDatabase) -> None:
    """The deadline of a waiting request passes just when it becomes the leader."""
    database.may_end.set()
    group_commit = GroupCommit(database)
    group_commit._has_leader = True  # As if another request were the leader.

    def send_late() -> bool:
        set_time_budget(0.05)
        return group_commit.receive(ALICE, [inbox_row("late")])

    with ThreadPoolExecutor(2) as hands:
        late = hands.submit(send_late)
        _until(lambda: len(group_commit._queue) == 1)
        patient = hands.submit(group_commit.receive, ALICE, [inbox_row("patient")])
        _until(lambda: len(group_commit._queue) == 2)
        with group_commit._lock:
            threading.Event().wait(0.5)
            group_commit._promote_next()

    assert isinstance(late.exception(), StorageUnavailable)
    assert patient.result()
    assert [row["name"] for row in database.inbox] == ["patient"]


def test_however_many_meet_each_is_stored_once(database: SlowDatabase) -> None:
    database.may_end.set()
    group_commit = GroupCommit(database)
    names = [f"upload-{number}" for number in range(400)]
    with ThreadPoolExecutor(HANDS) as hands:
        assert all(hands.map(lambda name: group_commit.receive(ALICE, [inbox_row(name)]), names))

    assert sorted(row["name"] for row in database.inbox) == sorted(names)
    assert not group_commit._has_leader
