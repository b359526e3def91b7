"""Real bodies of the public agent, from the request to the stored sums, where they lie beside the checkout."""

from pathlib import Path

import pytest
from falcon.testing import TestClient

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from tasks.jobs import persist, persist_plans
from tests.integration.ingest.conftest import key_of

CAPTURES = Path(__file__).parents[4] / "shared" / "captures"

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the captured bodies are not here")


@pytest.mark.parametrize("sent", ["metadata", "full"])
@pytest.mark.parametrize("person", ["alice", "bob"])
def test_what_the_agent_sends_is_stored_to_the_token(
    database: Database, client: TestClient, request: pytest.FixtureRequest, sent: str, person: str
) -> None:
    account: Account = request.getfixturevalue(person)
    headers = {"X-API-Key": key_of(database, account), "Content-Type": "application/json"}
    for path in sorted((CAPTURES / f"go-agent-{sent}").glob("*sessions-batch.json")):
        client.simulate_post("/api/v1/sessions/batch", headers=headers, body=path.read_bytes())
    persist.drain_sessions(database, "UTC")

    figures = users.fetch_own_figures(database, account.user_id)
    assert figures.sessions_count == 34
    assert (figures.total_tokens_in, figures.total_tokens_out) == (87_208, 321_247)


@pytest.mark.parametrize(("person", "texts"), [("alice", 2), ("bob", 0)])
def test_the_plans_that_the_agent_sends_are_stored_at_their_owners_level(
    database: Database, client: TestClient, request: pytest.FixtureRequest, person: str, texts: int
) -> None:
    account: Account = request.getfixturevalue(person)
    headers = {"X-API-Key": key_of(database, account), "Content-Type": "application/json"}
    for path in sorted(CAPTURES.glob("*/*plans-batch.json")):
        answer = client.simulate_post("/api/v1/plans/batch", headers=headers, body=path.read_bytes())
        assert [told["status"] for told in answer.json] == ["ok", "ok"]
    persist_plans.drain_plans(database)

    rows = database.fetch("test_plans", user_id=account.user_id)
    assert [row["title"] for row in rows] == ["Move the cache", "quiet-blue-fox"]
    assert len([row for row in rows if row["content"]]) == texts
