"""What passes the reverse proxy unchanged: uploads in every form, answers, refusals by ingest."""

import gzip
import json

import pytest

from tests.integration.proxy.exchange import LARGE, SMALL, chunked, head, problem, status, upload
from tests.integration.proxy.running import Front, ask, connect, first_answer, heard


def test_an_upload_passes(front: Front, key: str) -> None:
    answer = ask(front.ingest, upload(key, SMALL))

    assert status(answer) == 202
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["session_id"] == "s"
    assert b"x-request-id: " in answer.lower()


def test_a_large_upload_passes(front: Front, key: str) -> None:
    assert status(ask(front.ingest, upload(key, LARGE))) == 202


def test_a_gzipped_upload_passes(front: Front, key: str) -> None:
    assert status(ask(front.ingest, upload(key, gzip.compress(LARGE), "Content-Encoding: gzip"))) == 202


@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["small", "large"])
def test_a_chunked_upload_passes(front: Front, key: str, body: bytes) -> None:
    assert status(ask(front.ingest, chunked(key, body))) == 202


def test_the_answer_to_a_wait_passes(front: Front, key: str) -> None:
    """Without a worker nothing is stored, so this answer comes after the whole wait."""
    assert status(ask(front.ingest, upload(key, SMALL, "Prefer: wait=1"))) in (200, 202)


def test_two_uploads_share_a_connection(front: Front, key: str) -> None:
    with connect(front.ingest) as line:
        for _ in range(2):
            line.sendall(upload(key, SMALL, close=False))
            assert status(first_answer(line)) == 202


@pytest.mark.parametrize("size", [100, 100_000])
def test_a_sender_who_waits_for_100_continue_gets_it(front: Front, key: str, size: int) -> None:
    body = SMALL.ljust(size)
    with connect(front.ingest) as line:
        line.sendall(head(key, f"Content-Length: {size}", "Expect: 100-continue"))
        assert line.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        assert status(heard(line)) == 202


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (upload("dkd_sk_nobody", b"{}"), (401, "unauthorized")),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", (404, "not_found")),
        (b"PUT /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", (405, "method_not_allowed")),
    ],
)
def test_a_refusal_by_ingest_passes_unchanged(
    front: Front, request_: bytes, refusal: tuple[int, str]
) -> None:
    answer = ask(front.ingest, request_)

    assert problem(answer) == refusal
    assert b"urn:insights:" in answer and b"x-request-id: " in answer.lower()


def test_metrics_are_there_for_private_addresses(front: Front) -> None:
    answer = ask(front.ingest, head("", method="GET", path="/metrics"))

    assert status(answer) == 200
    assert b"insights_store_up" in answer
