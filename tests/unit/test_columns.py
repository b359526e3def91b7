"""Statements that name the same columns or tables twice name all of them twice: what is left out is lost silently."""

import json
import re
from datetime import UTC, datetime

from db.statements import QUERIES, statements
from ingest.redaction.redactor import Redactor
from ingest.uploads.schema import read_session
from ingest.uploads.session_record import session_record
from tests.unit.ingest.wire import session

STORE = statements()["sessions_store"].text + (statements()["sessions_store"].prepare_text or "")
#: Read from the inbox for their cost and course, not by this statement.
FOR_COSTS = {"responses"}


def test_all_that_is_recorded_of_a_session_is_stored() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    upload = read_session(session())
    body = session_record(upload, share_level="full", now=now, redactor=Redactor("dkd_sk_"))[1]
    recorded = set(json.loads(body)) - FOR_COSTS

    columns = re.search(r"jsonb_to_record\(mail\.body\) AS body \(([^)]+)\)", STORE)[1]
    read = {*re.findall(r"(\w+) \w+(?:,|\s*$)", columns), *re.findall(r"mail\.body -> '(\w+)'", STORE)}
    assert recorded - read == set(), "sessions_store leaves these in the inbox"


def test_a_session_that_is_sent_again_is_stored_whole() -> None:
    inserted = re.search(r"INSERT INTO sessions \(([^)]+)\)", STORE)[1].replace("\n", " ").split(", ")
    renewed = re.findall(r"(\w+) = excluded\.\1", STORE)

    left = {name.strip() for name in inserted} - {"user_id", "session_id", *renewed}
    assert left == set(), "sessions_store keeps the older upload's; add these after ON CONFLICT"


def test_days_of_another_zone_are_forgotten_in_every_table() -> None:
    written = set(
        re.findall(
            r"(?:INSERT|MERGE) INTO ((?:daily|team|monthly)_\w+)",
            (QUERIES / "usage" / "rollups.sql").read_text(),
        )
    )
    emptied = set(re.findall(r"\w+", statements()["rollups_empty"].text.removeprefix("TRUNCATE")))

    assert written - emptied == set(), "add these to rollups_empty"
