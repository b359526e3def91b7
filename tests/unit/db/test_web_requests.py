"""When a request is whole: counted from its bytes, whichever way they are cut up on their way."""

from itertools import pairwise

import pytest
from gunicorn.http.errors import LimitRequestHeaders

from db import web_requests
from db.web_requests import LONGEST_BODY, LONGEST_HEAD, Gathered, Gathering

HEAD = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "no body": HEAD + b"\r\n",
    "a length": HEAD + b"content-LENGTH:  5\r\n\r\nhello",
    "an empty body": HEAD + b"Content-Length: 0\r\n\r\n",
    "chunks": CHUNKED + b"5\r\nhello\r\nA;note=1\r\n0123456789\r\n0\r\n\r\n",
    "chunks and trailers": CHUNKED + b"1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n",
}


def gathered(*pieces: bytes) -> Gathering:
    request = Gathering()
    for piece in pieces:
        request.add(piece)
    return request


@pytest.mark.parametrize("sent", WHOLE.values(), ids=WHOLE.keys())
def test_a_request_is_whole_with_its_last_byte_and_not_before(sent: bytes) -> None:
    request = gathered(*(sent[at : at + 1] for at in range(len(sent) - 1)))
    assert not request.is_whole

    request.add(sent[-1:])
    assert request.is_whole


@pytest.mark.parametrize("sent", WHOLE.values(), ids=WHOLE.keys())
def test_where_a_request_is_cut_in_two_never_matters(sent: bytes) -> None:
    assert all(gathered(sent[:at], sent[at:]).is_whole for at in range(len(sent)))


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\nHost: x\n\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Content-Length: %d\r\n\r\n" % (LONGEST_BODY + 1),
        HEAD + b"Content-Length: 9%s\r\n\r\n" % (b"9" * 400),
    ],
)
def test_what_will_be_refused_is_not_waited_for(sent: bytes) -> None:
    assert gathered(sent).is_whole


def test_a_head_has_an_end() -> None:
    with pytest.raises(LimitRequestHeaders):
        gathered(HEAD, b"X-A: " + b"a" * LONGEST_HEAD)


@pytest.mark.parametrize("piece", [b"1\r\nx\r\n", b"1;%s\r\nx\r\n" % (b"n" * 100)])
def test_chunks_of_next_to_nothing_have_an_end(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_requests, "MOST_CHUNK_LINES", 10_000)
    request = gathered(CHUNKED, piece * (10_000 // (len(piece) - 1) - 1))
    assert not request.is_whole

    request.add(piece * 2)
    assert request.is_whole


@pytest.mark.parametrize("endless", [b"0\r\nX-A: ", b"1;"])
def test_trailers_and_chunk_lines_have_an_end(endless: bytes) -> None:
    assert gathered(CHUNKED, endless, b"a" * (LONGEST_HEAD + 1)).is_whole


def test_a_chunked_body_over_the_limit_is_gathered_just_so_far_that_it_shows() -> None:
    request = gathered(CHUNKED, b"%x\r\n" % (LONGEST_BODY + 10), bytes(LONGEST_BODY))
    assert not request.is_whole

    request.add(b"x")
    assert request.is_whole


def test_the_size_is_known_as_soon_as_the_head_is() -> None:
    sizes = [gathered(HEAD).size, gathered(HEAD + b"Content-Length: 1000\r\n\r\n").size]

    assert sizes == [len(HEAD), len(HEAD) + 24 + 1000]


def test_the_parser_reads_what_was_gathered_and_leaves_what_follows() -> None:
    unreader = Gathered(bytearray(b"one request" + b"and the next"))

    assert unreader.read(11) == b"one request"
    assert unreader.rest() == b"and the next"
    assert not unreader.ran_dry


def test_a_parser_that_wants_more_than_there_is_shows() -> None:
    unreader = Gathered(bytearray(b"short"))

    assert unreader.read(11) == b"short"
    assert unreader.ran_dry


def test_a_large_body_leaves_memory_as_it_is_read() -> None:
    data = bytearray(10 * 2**20)
    unreader = Gathered(data)

    sizes = [len(data)]
    while unreader.chunk(2**20):
        sizes.append(len(data))

    assert all(later < earlier for earlier, later in pairwise(sizes))
    assert sizes[-1] == 0
