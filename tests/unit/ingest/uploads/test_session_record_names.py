"""From wire to record: projects and other names, cut to what is kept."""

from collections.abc import Iterable

import pytest

from ingest.redaction.redactor import Redaction, Redactor
from ingest.uploads.schema import read_session
from ingest.uploads.session_record import NAMES, last_part, session_record
from tests.unit.ingest.fakes import NOW
from tests.unit.ingest.recording import record, warnings
from tests.unit.ingest.wire import session


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop", "shop"),
        ("/home/alice/shop", "shop"),
        ("/home/alice/shop/", "shop"),
        ("C:\\Users\\alice\\shop", "shop"),
        ("C:\\Users\\alice/shop\\", "shop"),
        ("my shop ", "my shop"),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_project_is_called_by_the_last_part_of_its_path(path: str, name: str) -> None:
    assert last_part(path) == name


def test_a_secret_that_only_the_rest_of_its_path_tells_is_no_project() -> None:
    assert record(project_name="https://7abcdefghij0123456789@example.org")["project_name"] == (
        "[REDACTED:url_token]@example.org"
    )


@pytest.mark.parametrize("field", ["project_name", "model", *NAMES])
def test_an_empty_name_is_absent(field: str) -> None:
    assert record(**{field: "", "token_usage": []})[field] is None


@pytest.mark.parametrize(("field", "longest"), NAMES.items())
def test_a_name_without_a_limit_on_the_wire_is_cut(field: str, longest: int) -> None:
    changes = {field: "x" * (longest + 1)}

    assert len(record(**changes)[field]) == longest
    assert field in warnings(**changes)[0]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 500, 500),
        ("é" * 250, 250),
        ("é" * 251, 250),
        ("x" + "é" * 250, 250),
        ("€" * 500, 166),
        ("😀" * 500, 125),
    ],
)
def test_a_project_is_cut_to_bytes_at_a_whole_character(name: str, kept: int) -> None:
    assert record(project_name=name)["project_name"] == name[:kept]
    assert len(warnings(project_name=name)) == (kept < len(name))


def test_what_is_far_beyond_the_cut_is_never_searched() -> None:
    seen: list[str] = []

    class Watching(Redactor):
        def redact(self, texts: Iterable[str]) -> Redaction:
            seen.extend(texts)
            return super().redact(seen)

    upload = read_session(session(git_branch="-eyJ" * 2**20, machine="x" * 10**6))
    session_record(upload, share_level="metadata", now=NOW, redactor=Watching("dkd_sk_"))

    assert max(map(len, seen)) == 1000


@pytest.mark.parametrize(("field", "longest"), NAMES.items())
def test_a_secret_across_the_cut_of_a_name_leaves_nothing(field: str, longest: int) -> None:
    secret = "ghp_" + "a1B2" * 10

    kept = record(**{field: "x" * (longest - 11) + "/" + secret})[field]

    assert "ghp_" not in kept and len(kept) == longest
