"""Redaction of a whole body: each text comes out as if it were alone, and many texts cost no more than they must."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.redaction.redactor import MAX_NAMES, MAX_WORK, Redactor, TooMuchWork, Work, replace_secrets
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase
from tests.unit.ingest.redaction.test_redactor import HEADS, JWT, PEM, REDACTOR, letters
from tests.unit.ingest.wire import session

SECRETS = (
    *(PEM.format("RSA "), JWT, "AKIA" + "IOSFODNN7EXAMPLE", "ghp_" + letters(36), "dkd_sk_" + letters(43)),
    *(
        "xoxd-" + letters(6) + "%2B" + letters(20),
        "123456789:AA" + letters(33),
        "SG." + letters(20) + "." + letters(20),
    ),
    *(
        "curl",
        "-u alice:hunter2",
        "--user 'alice:hunter2'",
        "password=hunter2",
        "pwd: 'correct horse'",
        ";pwd=hunter2;",
    ),
    *("://app:s3cr3t@db", "https://abcdefgh12345678ijkl@host", "Authorization: Bearer abcdef123456"),
    *(
        "Cookie: id=abcdef; a=b",
        "token = abcd1234efgh5678",
        "--api-token hunter22",
        "<password>hunter2</password>",
    ),
    *("mysql -u root -phunter2", "sshpass -p hunter2", "login me password hunter2", "PASSWORD 'hunter2'"),
    *(
        "SECRET_KEY_BASE=" + "0a" * 20,
        "aws_secret_access_key " + letters(40),
        "hooks.slack.com/services/" + letters(24),
    ),
)
#: Halves of secrets, what ends or begins a match, and what separates the texts inside.
EDGES = (
    "\n",
    "\r\n",
    " ",
    "",
    "'",
    '"',
    "\\",
    "\\n",
    ":",
    "=",
    "@",
    "@host",
    "(",
    "-",
    "-----",
    "1",
    "_PASS",
    "é",
    "ſ",
    "\0",
)
PIECES = st.one_of(
    st.sampled_from(SECRETS),
    st.sampled_from(SECRETS).flatmap(
        lambda secret: st.integers(1, len(secret) - 1).map(lambda cut: secret[:cut])
    ),
    st.sampled_from(SECRETS).flatmap(
        lambda secret: st.integers(1, len(secret) - 1).map(lambda cut: secret[cut:])
    ),
    st.sampled_from(HEADS.split()),
    st.sampled_from(EDGES),
    st.text(max_size=3),
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)


def alone(text: str) -> tuple[str, Counter[str]]:
    redaction = REDACTOR.redact([text])
    return redaction.texts[text], redaction.counts


@given(st.lists(TEXTS, max_size=6))
def test_each_text_of_a_body_is_redacted_as_if_it_were_alone(texts: list[str]) -> None:
    together = REDACTOR.redact(texts)
    expected = [alone(text) for text in texts]

    assert [together.texts[text] for text in texts] == [text for text, _ in expected]
    assert together.counts == sum((counts for _, counts in expected), Counter[str]())


@given(TEXTS)
def test_what_is_not_tried_on_a_text_would_not_have_matched(text: str) -> None:
    every = [pattern for pattern in REDACTOR.patterns if pattern.beside in text.lower()]

    assert alone(text)[0] == replace_secrets(text, every)[0]


@pytest.mark.parametrize("names", [0, MAX_NAMES + 1])
def test_a_secret_is_found_in_the_text_that_holds_it_whatever_stands_in_the_others(names: int) -> None:
    texts = ["é\nü", ":" * names, "password=hunter2", "\U0001f600", "", "pwd"]

    redaction = REDACTOR.redact(texts)

    assert [redaction.texts[text] for text in texts] == [*texts[:2], "password=[REDACTED:secret]", *texts[3:]]


def test_a_text_that_was_not_searched_is_never_taken_for_clean() -> None:
    with pytest.raises(KeyError):
        REDACTOR.redact(["other"]).texts["password=hunter2"]


class Tried:
    """A compiled pattern that counts how often it is tried."""

    def __init__(self, expression: re.Pattern[str], count: Callable[[], None]) -> None:
        self._expression = expression
        self._count = count
        self.groupindex = expression.groupindex

    def subn(self, replacement: Any, text: str) -> tuple[str, int]:
        self._count()
        return self._expression.subn(replacement, text)


def tries(texts: list[str]) -> int:
    """How often any pattern is tried on any of the texts."""
    redactor, tried = Redactor("dkd_sk_"), Counter[str]()
    redactor.patterns = tuple(
        pattern._replace(
            expression=cast("re.Pattern[str]", Tried(pattern.expression, lambda: tried.update(["tried"])))
        )
        for pattern in redactor.patterns
    )
    redactor.redact(texts)
    return tried.total()


def test_one_text_full_of_heads_costs_the_other_texts_of_the_body_nothing() -> None:
    full = " ".join((HEADS, *SECRETS))

    assert tries(["x", "é", ""] * 1000 + [full]) == tries([full])


def test_a_body_may_need_only_so_much_work() -> None:
    few, many = ["password=hunter2"] * 1000, ["password=hunter2"] * (MAX_WORK // 2 + 1)

    assert REDACTOR.for_body().redact(few).texts[few[0]] == "password=[REDACTED:secret]"
    with pytest.raises(TooMuchWork):
        REDACTOR.for_body().redact(many)


@pytest.mark.parametrize("piece", ["password=", "ghp_", "-u", "://a@", "bearer ", "akia", "token:a1 "])
def test_what_looks_like_a_secret_very_often_is_refused_in_one_text_too(piece: str) -> None:
    with pytest.raises(TooMuchWork):
        REDACTOR.for_body().redact([piece * (MAX_WORK + 1) + " " + letters(20) + piece])


def test_long_texts_that_may_hold_every_kind_of_secret_are_refused() -> None:
    with pytest.raises(TooMuchWork):
        REDACTOR.for_body().redact([" ".join((HEADS, *SECRETS)) + " x" * 16_000_000])


def test_all_items_of_a_batch_share_the_work_of_one_body(
    api: Api, database: FakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.redaction.redactor.MAX_WORK", 100)
    items = [
        session(messages=[{"seq": 0, "role": "user", "content": "password=hunter2 " * 20}]) for _ in range(10)
    ]

    assert api.post("/api/v1/sessions/batch", items[:2]).status_code == 202
    answer = api.post("/api/v1/sessions/batch", items)

    assert (answer.status_code, answer.json["reason"]) == (413, "too_large")
    assert len(database.inbox) == 2


def test_a_role_that_looks_like_a_secret_is_redacted_once(api: Api, database: FakeDatabase) -> None:
    messages = [{"seq": place, "role": "password=hunter2", "content": "x"} for place in range(3)]

    answer = api.post("/api/v1/sessions", session(messages=messages))

    assert "hunter2" not in database.inbox[0]["body"]
    assert answer.json["warnings"] == ["Secrets were replaced before anything was stored: 1 secret."]


def test_work_is_unlimited_unless_it_is_limited() -> None:
    Work().spend(10**12)
    with pytest.raises(TooMuchWork):
        Work(5).spend(6)


@pytest.mark.parametrize(
    ("text", "secrets"), [("curl -u alice:hunter2", 1), ("docker run -u alice:staff1", 0)]
)
def test_a_user_option_holds_a_password_only_where_the_same_text_calls_curl(text: str, secrets: int) -> None:
    redaction = REDACTOR.redact([text, "curl"])
    assert redaction.counts.total() == secrets
