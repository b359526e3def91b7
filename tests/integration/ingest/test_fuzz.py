"""Requests made from our own OpenAPI document, valid and not, at the real server: it does as it says, every time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.usage import checks
from tests.integration.ingest.conftest import key_of
from tests.integration.ingest.serving import CHECKOUT, serving, working
from tests.integration.uploads import settle

FUZZ = Path(__file__).parent / "fuzz"
#: Cases an operation and phase; `make fuzz` asks for more.
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "4")
SEED = os.environ.get("FUZZ_SEED", "1")


def run(port: int, people: Path, ledger: Path) -> subprocess.CompletedProcess[str]:
    """One run with every check on, over all operations of the served document."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", FUZZ / "schemathesis.toml", "run"]
    command += [f"http://127.0.0.1:{port}/openapi.json", "--auth-wfc", people, "--checks", "all"]
    command += ["--max-examples", EXAMPLES, "--seed", SEED, "--generation-database", "none", "--no-color"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": f"{FUZZ}/hooks.py", "FUZZ_LEDGER": str(ledger)}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, text=True, capture_output=True, check=False)


def people(folder: Path, keys: dict[str, str]) -> Path:
    """Who asks, as Web Fuzzing Commons writes it: two people, so that neither may read what is the other's."""
    path = folder / "people.json"
    headers = {name: [{"name": "X-API-Key", "value": key}] for name, key in keys.items()}
    entries = [{"name": name, "fixedHeaders": headers[name]} for name in keys]
    path.write_text(json.dumps({"schemaVersion": "0.3.0", "auth": entries}))
    return path


@pytest.mark.timeout(1200)
def test_the_server_does_as_its_document_says_and_keeps_what_it_took(
    database_url: str, redis_url: str, database: Database, alice: Account, bob: Account, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    keys = {person.username: key_of(database, person) for person in (alice, bob)}

    with (
        working(database_url, redis_url),
        serving(database_url, redis_url, "--workers", "2", INGEST_REQUESTS_PER_MINUTE="0") as (port, server),
    ):
        workers = {child.pid for child in psutil.Process(server.pid).children()}
        done = run(port, people(tmp_path, keys), ledger)
        survivors = {child.pid for child in psutil.Process(server.pid).children()}
    print(done.stdout[done.stdout.find("= SUMMARY =") :])

    assert (done.returncode, survivors) == (0, workers), done.stdout + done.stderr
    assert settled(database) == len(ledger.read_text().splitlines()) > 50
    assert [check for check in checks.check_all(database) if not check.agrees] == []


def settled(database: Database) -> int:
    """Let everything come to rest, and count the uploads that are stored, repeated or in quarantine."""
    settle(database)
    counts = {row["state"]: row["count"] for row in database.fetch("test_states")}
    assert counts.keys() <= {"persisted", "repeated", "quarantined"}
    return sum(counts.values())
