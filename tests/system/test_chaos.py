"""Every process killed at random during uploads, and Redis emptied: nothing acknowledged is lost, nothing is twice."""

import os

from tests.system.chaos import stored, storm
from tests.system.insights_server import InsightsServer

# The suite runs the short form; `make soak` the long one.
UPLOADS = int(os.environ.get("CHAOS_UPLOADS", "300"))
KILLS_EACH = int(os.environ.get("CHAOS_KILLS", "2"))
SECONDS_BETWEEN = 1.5
SEED = 20261122


def test_what_was_acknowledged_is_there_once_whoever_was_killed(own_insights: InsightsServer) -> None:
    own_insights.start()
    key = own_insights.manage("create-user", "alice")["api_key"]

    ledger = storm(
        own_insights, key, uploads=UPLOADS, kills_each=KILLS_EACH, seconds_between=SECONDS_BETWEEN, seed=SEED
    )

    print(
        f"\nkills {ledger.kills}, acknowledged {len(ledger.acknowledged)}, settled in {ledger.settled_seconds:.1f} s"
    )
    assert sorted(stored(own_insights)) == sorted(ledger.acknowledged)
    assert ledger.settled_seconds <= 10
    assert [row for row in own_insights.manage("check") if not row["agrees"]] == []
