"""The other parts of the admin page: inbox, quarantine, schedule, exports and the log, with plain counts of rows."""

import json
import shutil
import uuid
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db import audit, scheduled_runs
from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import inbox, quarantine
from db.uploads.upload_records import InboxRow
from db.usage.exports import ExportedFile
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.analytics_app.conftest import Visit, Visitor, app_on
from tests.integration.analytics_app.reading import texts
from tests.integration.uploads import caller, deliver, record, upload

SAID = "a secret thought of hers"
TEXT = [{"sequence": 0, "timestamp": None, "role": "user", "content": SAID}]
DAY = "2026-11-20"
FRIDAY = date(2026, 11, 20)


def shown(visitor: Visitor, output: str, search: str = "") -> str:
    """The words of the part that `output` names."""
    answer = visitor.call(f"{output}.children", {"url.search": search})
    assert answer.status_code == 200, answer.text
    return texts(answer.get_json()["response"][output]["children"])


def refused(database: Database, person: Account, *names: str) -> list[str]:
    """Uploads of this person that lie in quarantine, by their ids."""
    items = [
        InboxRow(
            upload_id=str(uuid.uuid4()),
            kind="session",
            name=name,
            body=json.dumps(record(messages=TEXT if person.share_level == "full" else [])),
            quarantine_reason="invalid_value: tools",
        )
        for name in names
    ]
    assert deliver(database, caller(database, person), items)
    return [item.upload_id for item in items]


def decide(visitor: Visitor, upload_id: str, way: str) -> str:
    values = {'{"quarantine":["ALL"]}.n_clicks': {way: 1}, "url.search": f"?upload={upload_id}"}
    return visitor.call("inbox-outcome.children", values, f'{{"quarantine":"{way}"}}.n_clicks').text


def test_the_inbox_shows_what_waits_and_what_is_in_quarantine(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    refused(database, alice, "q1", "q2")
    upload(database, alice)
    lang = shown(visit(admin), "inbox-health")
    assert "Waiting 1 the oldest for" in lang
    assert "In quarantine 2 ▲" in lang
    assert "Failed jobs unknown Redis does not answer" in lang


def test_the_inbox_shows_when_an_upload_was_stored_last(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    visitor = visit(admin)
    assert "Last stored never" in shown(visitor, "inbox-health")
    rollup.begin_in_zone(database, "UTC")
    upload(database, alice)
    persist.drain_sessions(database, "UTC")
    assert "Last stored never" not in shown(visitor, "inbox-health")


def test_pages_of_the_quarantine_hold_each_upload_once(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    names = [f"q{number:02d}" for number in range(23)]
    refused(database, alice, *names)
    visitor = visit(admin)
    lang = " ".join(shown(visitor, "quarantine-list", f"?page={page}") for page in (1, 2))
    assert [lang.count(name) for name in names] == [1] * len(names)
    assert "The list is not that long" in shown(visitor, "quarantine-list", "?page=3")


def test_a_viewed_upload_shows_no_text_and_its_owner_sees_the_view(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    [upload_id] = refused(database, alice, "q1")
    answer = visit(admin).call("quarantine-entry.children", {"url.search": f"?upload={upload_id}"}).text
    assert ("invalid_value: tools" in answer, "alice" in answer, SAID in answer) == (True, True, False)
    looks = audit.list_audit_entries(database, limit=9, person=alice.user_id)
    assert [(entry.action, entry.actor) for entry in looks] == [("person.viewed", "ada")]


def test_a_requeued_upload_becomes_a_session(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    rollup.begin_in_zone(database, "UTC")
    [upload_id] = refused(database, alice, "q1")
    assert "It is tried again." in decide(visit(admin), upload_id, "requeue")
    persist.drain_sessions(database, "UTC")
    assert [row["session_id"] for row in database.fetch("test_session", user_id=alice.user_id)] == ["q1"]
    assert "upload.requeued" in [entry.action for entry in audit.list_audit_entries(database, limit=9)]


def test_a_discarded_upload_loses_its_body(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    [upload_id] = refused(database, alice, "q1")
    visitor = visit(admin)
    lang = [decide(visitor, upload_id, way) for way in ("discard", "discard", "requeue")]
    assert ["It is discarded." in lang[0], *("Nothing was changed" in one for one in lang[1:])] == [True] * 3
    row = inbox.fetch_quarantined_upload(database, upload_id)
    assert row is not None
    assert (row["state"], row["body"]) == ("discarded", None)


def test_a_member_neither_reads_nor_changes_the_quarantine(
    visit: Visit, database: Database, bob: Account, alice: Account
) -> None:
    [upload_id] = refused(database, alice, "q1")
    visitor = visit(bob)
    for way in ("requeue", "discard"):
        assert "login" not in decide(visitor, upload_id, way)
    assert quarantine.count_quarantine_entries(database) == 1
    assert visitor.call("quarantine-list.children", {}).status_code == 403


def test_an_unknown_upload_is_no_error(visit: Visit, database: Database, admin: Account) -> None:
    visitor = visit(admin)
    for upload_id in ("", "x", "\ud800", "0" * 400, str(uuid.uuid4())):
        assert shown(visitor, "quarantine-entry", f"?upload={upload_id}") == ""
        decide(visitor, upload_id, "requeue")
    assert audit.list_audit_entries(database, limit=9, action="upload.requeued") == []


def ran(database: Database, name: str, due_at: datetime, outcome: str | None, **detail: object) -> None:
    scheduled_runs.record_due_run(database, name, due_at)
    if outcome:
        scheduled_runs.begin_run(database, name, due_at)
        scheduled_runs.finish_run(database, name, due_at, outcome, detail)


def test_before_the_first_run_every_entry_has_its_due_time(
    visit: Visit, database: Database, admin: Account
) -> None:
    night = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    scheduled_runs.store_schedule(database, {"check": night, "export": night - timedelta(minutes=90)})

    lang = shown(visit(admin), "schedule")

    assert "Check of the sums – has not run yet – Nov 23, 2026 03:30" in lang
    assert "Export – has not run yet – Nov 23, 2026 02:00" in lang
    assert "Recent runs" not in lang


def test_the_schedule_shows_the_last_run_and_the_next_one(
    visit: Visit, database: Database, admin: Account
) -> None:
    night = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    scheduled_runs.store_schedule(database, {"check": night + timedelta(days=1)})
    ran(database, "check", night - timedelta(days=1), "done", disagreeing=[])
    ran(database, "check", night, "failed", error="KeyError")
    ran(database, "taken_off", night, None)
    lang = shown(visit(admin), "schedule")
    assert "Check of the sums Nov 22, 2026 03:30 ✕  failed" in lang
    assert "Nov 23, 2026 03:30" in lang
    assert "taken off Nov 22, 2026 03:30 ▲  waits for a worker – –" in lang
    assert "error: KeyError" in lang


def noted(database: Database, path: str, day: date = FRIDAY) -> None:
    """A file as the exporter remembers it."""
    file = ExportedFile(
        path=path,
        dataset=path.partition("/")[0],
        first_day=day,
        last_day=day,
        row_count=1234,
        byte_count=56_789,
        sha256="5eed" * 16,
        schema_version="1",
        people=["alice"],
    )
    database.execute("exported_file_note", **asdict(file))


@pytest.fixture
def files(database: Database, tmp_path: Path) -> Path:
    """Two files and two that are remembered and not there, beside something that is nobody's to read."""
    folder = tmp_path / "exports"
    for dataset in ("sessions", "tools"):
        path = folder / dataset / "year=2026" / "month=11" / f"{dataset}_{DAY}.parquet"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"PAR1" + dataset.encode())
        noted(database, str(path.relative_to(folder)))
    (tmp_path / "secret.parquet").write_text("a secret")
    (folder / "sessions" / "sessions_2026-11-19.parquet").symlink_to(tmp_path / "secret.parquet")
    (folder / "sessions" / f"sessions_{DAY}.parquet").write_text("half a file")
    for stray in ("sessions/sessions_2026-11-19.parquet", "../secret.parquet"):
        noted(database, stray, FRIDAY - timedelta(days=1))
    return folder


@pytest.fixture
def enter(visit: Visit, database: Database) -> Any:
    """Log somebody in where exports go to this place: enter(ada, place)."""

    def at(person: Account, place: str) -> Visitor:
        visitor = Visitor(app_on(database, export_url=place))
        visitor.client.set_cookie("insights_session", visit(person).cookie("insights_session"))
        visitor.get("/")
        return visitor

    return at


@pytest.fixture
def with_files(enter: Any, files: Path) -> Any:
    """Log somebody in where the files are: with_files(ada)."""
    return partial(enter, place=str(files))


def test_the_files_are_listed_by_dataset(with_files: Any, admin: Account, files: Path) -> None:
    visitor = with_files(admin)
    lang = shown(visitor, "exports", "?dataset=tools")
    assert f"Fri, Nov 20, 2026 tools 1,234 56.8\xa0kB {'5eed' * 16} " in lang
    assert (lang.count("Download"), f"The files are in the folder {files}." in lang) == (1, True)


def test_a_file_that_is_not_in_the_folder_is_marked(with_files: Any, admin: Account, files: Path) -> None:
    visitor = with_files(admin)
    assert "4 files" in (lang := shown(visitor, "exports"))
    assert (lang.count("Download"), lang.count("not in the folder")) == (2, 2)
    shutil.rmtree(files)
    assert shown(visitor, "exports").count("not in the folder") == 4


def test_files_in_a_bucket_are_listed_without_a_download(enter: Any, admin: Account, files: Path) -> None:
    visitor = enter(admin, "s3://lake/team")
    lang = shown(visitor, "exports", "?dataset=tools")
    assert "The files are in s3://lake/team; read them there." in lang
    assert f"tools 1,234 56.8\xa0kB {'5eed' * 16} " in lang
    assert (lang.count("Download"), lang.count("not in the folder")) == (0, 0)
    assert visitor.get(f"/admin/exports/tools/year=2026/month=11/tools_{DAY}.parquet").status_code == 404


def test_a_download_is_recorded(with_files: Any, database: Database, admin: Account) -> None:
    answer = with_files(admin).get(f"/admin/exports/tools/year=2026/month=11/tools_{DAY}.parquet")
    assert (answer.status_code, answer.data) == (200, b"PAR1tools")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert audit.list_audit_entries(database, limit=1)[0].detail == {"file": f"tools_{DAY}.parquet"}


#: What is not remembered, what only looks like a file of ours, and ways around both.
ASTRAY = (
    "../secret.parquet",
    "..%2Fsecret.parquet",
    "%2e%2e/secret.parquet",
    "manifest.json",
    "sessions/sessions_2026-11-19.parquet",
    f"sessions/sessions_{DAY}.parquet",
    f"tools/year=2026/month=11/../month=11/tools_{DAY}.parquet",
    "/etc/passwd",
    "tools%00",
)


def test_nothing_but_exported_files_leaves_the_folder(with_files: Any, admin: Account) -> None:
    visitor = with_files(admin)
    for path in ASTRAY:
        answer = visitor.get(f"/admin/exports/{path}")
        assert answer.status_code in {200, 301, 308, 404}, path
        assert not any(word in answer.text for word in ("secret", "half a file", "root:", "sha256", "PAR1"))


def test_a_member_downloads_nothing(with_files: Any, bob: Account) -> None:
    answer = with_files(bob).get(f"/admin/exports/tools/year=2026/month=11/tools_{DAY}.parquet")
    assert (answer.status_code, "PAR1" in answer.text) == (403, False)


def test_the_log_is_read_page_by_page_and_by_person_and_action(
    visit: Visit, database: Database, admin: Account, alice: Account, bob: Account
) -> None:
    for number in range(50):
        person = alice if number % 2 else bob
        audit.record_audit_entry(
            database,
            actor_id=admin.user_id,
            subject_id=person.user_id,
            action="key.issued" if number % 5 else "key.revoked",
            detail={"prefix": f"p{number:02d}"},
        )
    visitor = visit(admin)
    assert shown(visitor, "audit-log").count("Key ") == 40
    assert shown(visitor, "audit-log", f"?person={alice.user_id}").count("Key ") == 25
    assert shown(visitor, "audit-log", "?action=key.revoked").count("Key ") == 10
    oldest = audit.list_audit_entries(database, limit=99)[39].entry_id
    assert shown(visitor, "audit-log", f"?before={oldest}").count("Key ") == 10


def test_every_empty_part_says_what_to_do(visit: Visit, admin: Account) -> None:
    visitor = visit(admin)
    for output, advice in {
        "quarantine-list": "What can't be stored lies here",
        "schedule": "Once it runs",
        "exports": "./manage.py export",
        "audit-log": "is the first entry",
    }.items():
        assert advice in shown(visitor, output), output


def test_each_part_has_its_own_address_for_admins_only(visit: Visit, admin: Account, bob: Account) -> None:
    theirs, his = visit(admin), visit(bob)
    for part in ("inbox", "schedule", "exports", "audit"):
        path = f"/admin/{part}"
        assert "Administration" in theirs.call("content.children", {"url.pathname": path}).text
        assert "There is no such page" in his.call("content.children", {"url.pathname": path}).text
        assert theirs.get(path).status_code == 200
