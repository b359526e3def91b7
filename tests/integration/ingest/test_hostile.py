"""The hostile corpus at the real server: nothing breaks it, and whatever it took is stored or in quarantine."""

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from db.connection import Database
from db.usage import checks
from db.usage.usage_records import CheckResult
from ingest.http.api_errors import REASONS
from ingest.openapi.document import describe
from tests.integration.conftest import fresh_database
from tests.integration.ingest import hostile_bodies, hostile_items
from tests.integration.ingest.conftest import key_of
from tests.integration.ingest.serving import ask, serving
from tests.integration.people import enrol
from tests.integration.uploads import settle

HANDS = 4
PLAIN = {"Content-Type": "application/json"}
GOOD = {
    "/api/v1/sessions": '{"session_id":"good-%s","started_at":"2026-11-20T10:00:00Z"}',
    "/api/v1/plans": '{"name":"good-%s","content":"c"}',
}
ITEMS = hostile_items.items()
BODIES = hostile_bodies.bodies()
WIRES = hostile_bodies.wires()
KINDS = sorted({case.kind for case in (*ITEMS, *BODIES, *WIRES)})
#: What tells of our inside.
INSIDE = re.compile(rb"Traceback|psycopg|File \"|/site-packages/|SELECT |INSERT |/ingest/")


@dataclass(frozen=True)
class Sent:
    """One request and its answer. Status 0: the connection was closed without one."""

    kind: str
    label: str
    path: str
    status: int
    data: bytes

    @property
    def answer(self) -> Any:
        """The JSON of the answer."""
        return json.loads(self.data)

    @property
    def items(self) -> list[dict[str, Any]]:
        """What is told of each upload, where it was taken."""
        if not 200 <= self.status < 300:
            return []
        told = self.answer
        return told if isinstance(told, list) else [told]


@dataclass
class Siege:
    """The whole corpus, sent once, and what was there afterwards."""

    sent: list[Sent] = field(default_factory=list)
    workers: tuple[set[int], set[int]] = (set(), set())
    #: upload_id → state and reason, of every row of the inbox.
    rows: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    checks: list[CheckResult] = field(default_factory=list)

    def of(self, kind: str) -> list[Sent]:
        """Everything sent of one kind."""
        return [sent for sent in self.sent if sent.kind == kind]


@pytest.fixture(scope="module")
def siege(postgres: str, valkey: str) -> Iterator[Siege]:
    siege = Siege()
    with fresh_database(postgres) as url:
        database = Database(url, pool_size=2, deadline=30)
        key = key_of(database, enrol(database, "alice", share_level="full"))
        with serving(url, valkey, "--workers", "2", INGEST_REQUESTS_PER_MINUTE="0") as (port, server):
            before = {child.pid for child in psutil.Process(server.pid).children()}
            siege.sent = send_all(port, key)
            siege.workers = (before, {child.pid for child in psutil.Process(server.pid).children()})
        settle(database)
        rows = database.fetch("test_uploads")
        siege.rows = {row["upload_id"]: (row["state"], row["reason"]) for row in rows}
        siege.checks = checks.check_all(database)
        database.close()
        yield siege


def send_all(port: int, key: str) -> list[Sent]:
    """Each item alone and between two good ones, each body to both routes, each request as it is."""

    def post(kind: str, label: str, path: str, data: bytes, headers: dict[str, str]) -> Sent:
        status, answer = ask(port, "POST", path, data, headers | {"X-API-Key": key})
        return Sent(kind, label, path, status, answer)

    def send_item(number: int, item: hostile_items.Item) -> list[Sent]:
        good = [GOOD[item.path] % f"{number}-{place}" for place in range(2)]
        among = f"[{good[0]},{item.text},{good[1]}]".encode()
        return [
            post(item.kind, item.label, item.path, item.text.encode(), PLAIN),
            post(item.kind, item.label, f"{item.path}/batch", among, PLAIN),
        ]

    def send_body(body: hostile_bodies.Body) -> list[Sent]:
        paths = (hostile_bodies.SINGLE, hostile_bodies.BATCH)
        return [post(body.kind, body.label, path, body.data, body.headers) for path in paths]

    def send_wire(wire: hostile_bodies.Wire) -> list[Sent]:
        answers = exchange(port, wire.data.replace(b"{key}", key.encode()))
        return [Sent(wire.kind, wire.label, "", status, data) for status, data in answers]

    with ThreadPoolExecutor(HANDS) as hands:
        answers = [*hands.map(send_item, range(len(ITEMS)), ITEMS), *hands.map(send_wire, WIRES)]
    # One by one: nobody may hold many large ones.
    with ThreadPoolExecutor(1) as hands:
        answers += hands.map(send_body, BODIES)
    return [sent for several in answers for sent in several]


def exchange(port: int, data: bytes) -> list[tuple[int, bytes]]:
    """Send bytes, say that there are no more, and read every answer to them."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        received = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:
            pass
    parts = re.split(rb"(?:^|(?<=[}\]]))HTTP/1\.\d (\d{3}) ", received)
    answers = [
        (int(status), rest.partition(b"\r\n\r\n")[2])
        for status, rest in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return answers or [(0, b"")]


def test_the_corpus_is_large_and_no_request_stands_in_it_twice() -> None:
    texts = {(item.path, item.text) for item in ITEMS}

    assert len(texts) == len(ITEMS)
    assert len(ITEMS) + len(BODIES) + len(WIRES) >= 1_500


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_a_fault_of_ours(siege: Siege, kind: str) -> None:
    assert [sent for sent in siege.of(kind) if sent.status >= 500] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_tells_of_our_inside(siege: Siege, kind: str) -> None:
    assert [sent for sent in siege.of(kind) if INSIDE.search(sent.data)] == []


@pytest.mark.parametrize("kind", sorted({case.kind for case in (*ITEMS, *BODIES)}))
def test_every_answer_is_one_the_document_tells_of(siege: Siege, kind: str) -> None:
    paths = describe(public_team_stats=False)["paths"]
    undocumented = []
    for sent in siege.of(kind):
        responses = paths[sent.path]["post"]["responses"]
        if str(sent.status) not in responses or (
            sent.status >= 400 and sent.answer["reason"] not in reasons(responses[str(sent.status)])
        ):
            undocumented.append(sent)

    assert undocumented == []


def reasons(response: dict[str, Any]) -> list[str]:
    """The reasons that the document gives for a status."""
    schema = response["content"]["application/problem+json"]["schema"]
    found: list[str] = schema["allOf"][1]["properties"]["reason"]["enum"]
    return found


@pytest.mark.parametrize("kind", sorted({item.kind for item in ITEMS} - {"syntax"}))
def test_an_item_is_judged_alike_alone_and_among_others_and_these_are_taken(siege: Siege, kind: str) -> None:
    pairs = zip(siege.of(kind)[::2], siege.of(kind)[1::2], strict=True)
    unlike = [
        (alone, among)
        for alone, among in pairs
        # What is no JSON at all spoils the whole body, and the size is one of the whole body too.
        if alone.status not in (413,) and reason_of(alone) != "invalid_json" and not alike(alone, among)
    ]

    assert unlike == []


def reason_of(sent: Sent) -> str:
    return sent.answer["reason"] if sent.status >= 400 else ""


def alike(alone: Sent, among: Sent) -> bool:
    """Are the neighbours taken, and is the item in the middle judged as when it came alone?"""
    if among.status != 202:
        return False
    before, item, after = among.answer
    taken = "ok" if alone.status == 202 else "error"
    return (before["status"], item["status"], after["status"]) == ("ok", taken, "ok") and (
        taken == "ok" or item["reason"] == reason_of(alone)
    )


def test_no_worker_died(siege: Siege) -> None:
    before, after = siege.workers

    assert before == after
    assert len(before) == 2


def test_everything_taken_is_stored_or_in_quarantine_with_its_reason_to_the_row(siege: Siege) -> None:
    promised = [item["upload_id"] for sent in siege.sent for item in sent.items if "upload_id" in item]

    assert sorted(promised) == sorted(siege.rows)
    assert {row for row in siege.rows.values() if row[0] not in ("persisted", "repeated")} == {
        row
        for row in siege.rows.values()
        if row[0] == "quarantined" and (row[1] or "").split(":")[0] in REASONS
    }


def test_a_refused_item_is_what_lies_in_quarantine(siege: Siege) -> None:
    refused = {item["upload_id"] for sent in siege.sent for item in sent.items if item["status"] == "error"}

    assert refused == {upload_id for upload_id, row in siege.rows.items() if row[0] == "quarantined"}


def test_the_sums_agree_afterwards(siege: Siege) -> None:
    assert [check for check in siege.checks if not check.agrees] == []
