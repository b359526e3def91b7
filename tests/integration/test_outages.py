"""A store stops or hangs under load: every request is answered in time and truly, and all is well soon after."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.integration import outages
from tests.integration.outages import Asked, Site, hung, stopped
from tests.system.insights_server import wait_until

# The suite runs the short form; `make soak` the long one.
POSTGRES_SECONDS = int(os.environ.get("POSTGRES_OUTAGE_SECONDS", "10"))
REDIS_SECONDS = int(os.environ.get("REDIS_OUTAGE_SECONDS", "6"))
#: What may pass until an answer, until all is well again, and until one that needs nothing; a busy machine's own
#: delays come on top.
ANSWERED, WELL, AT_ONCE = 5.0, 10.0, 2.0
GRACE = 1.0
LIVE, HEALTH = "/health/live", "/health"
UPLOADS = ("/api/v1/sessions", "/api/v1/sessions/batch")
TAKEN = (200, 202)

pytestmark = pytest.mark.timeout(600)


@dataclass
class Outage:
    """What was asked around one outage, when that was, and what was stored afterwards."""

    asked: list[Asked]
    gone_at: float
    back_at: float
    #: After its return: seconds until the last failure, and until everything acknowledged was in the charts.
    failed_until: float
    visible_after: float
    stored: set[str]

    @property
    def meanwhile(self) -> list[Asked]:
        """What began and ended without the store."""
        return [one for one in self.asked if one.began >= self.gone_at and one.ended <= self.back_at]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with outages.site() as site:
        yield site


@pytest.fixture(scope="module", params=[stopped, hung], ids=["stopped", "hung"])
def without_postgresql(site: Site, request: pytest.FixtureRequest) -> Outage:
    return endure(site, request.param(site.postgres), POSTGRES_SECONDS)


@pytest.fixture(scope="module", params=[stopped, hung], ids=["stopped", "hung"])
def without_redis(site: Site, request: pytest.FixtureRequest) -> Outage:
    return endure(site, request.param(site.valkey), REDIS_SECONDS)


def endure(site: Site, away: outages.Away, seconds: float) -> Outage:
    """Ask before, during and after; return when all is well again, or when that takes too long."""
    site.asked = asked = []
    with outages.asking(site):
        time.sleep(1)
        with away:
            gone_at = time.monotonic()
            time.sleep(seconds)
            # However slow the machine: away until more was tried than a server can have in its hands.
            wait_until(lambda: len(tried(asked, gone_at)) > outages.AT_HAND, 120)
            back_at = time.monotonic()
        came_at = time.monotonic()
        wait_until(lambda: is_well(asked, came_at), WELL + GRACE)
        time.sleep(1)
    wait_until(lambda: is_all_visible(site), WELL * 6)
    failures = [one.ended - came_at for one in asked if one.began > came_at and one.status not in TAKEN]
    visible_after = time.monotonic() - came_at
    return Outage(asked, gone_at, back_at, max(failures, default=0.0), visible_after, site.stored())


def tried(asked: list[Asked], since: float) -> set[str]:
    """The session_ids that were sent and answered since then."""
    return {name for one in asked if one.began >= since for name in one.names}


def is_well(asked: list[Asked], since: float) -> bool:
    """Has each kind of request succeeded lately?"""
    return {one.what for one in asked if one.began > since and one.status in TAKEN} == {
        one.what for one in asked
    }


def is_all_visible(site: Site) -> bool:
    return taken(site.asked) <= site.stored() and site.visible() == len(site.stored())


def taken(asked: list[Asked]) -> set[str]:
    """The session_ids that were acknowledged."""
    return {name for one in asked if one.status in TAKEN for name in one.names}


def test_without_postgresql_everybody_is_told_to_come_again(without_postgresql: Outage) -> None:
    answers = {(one.what, one.status, one.retry_after) for one in without_postgresql.meanwhile}
    kinds = {one.what for one in without_postgresql.asked} - {LIVE}

    assert {answer for answer in answers if answer[0] != LIVE} == {(what, 503, "5") for what in kinds}


def test_without_postgresql_nobody_waits_long(without_postgresql: Outage) -> None:
    assert [one for one in without_postgresql.asked if one.seconds > ANSWERED + GRACE] == []
    assert [one for one in without_postgresql.asked if one.status == 0] == []


def test_whoever_asks_whether_the_process_lives_is_told_at_once(without_postgresql: Outage) -> None:
    alive = [one for one in without_postgresql.asked if one.what == LIVE]

    assert {one.status for one in alive} == {200}
    assert max(one.seconds for one in alive) <= AT_ONCE


def test_when_postgresql_is_back_all_is_well_without_a_restart(without_postgresql: Outage) -> None:
    assert without_postgresql.failed_until <= WELL


def test_what_was_acknowledged_around_it_is_stored(without_postgresql: Outage) -> None:
    assert len(taken(without_postgresql.asked)) > 0
    assert taken(without_postgresql.asked) - without_postgresql.stored == set()


def test_what_was_refused_without_postgresql_is_not_stored(
    without_postgresql: Outage, request: pytest.FixtureRequest
) -> None:
    """But for what a server had in its hands when it began to hang: it goes on with that, and nobody was told."""
    refused = {name for one in without_postgresql.meanwhile if one.status == 503 for name in one.names}
    at_hand = 0 if "stopped" in request.node.callspec.id else outages.AT_HAND

    assert len(refused) > at_hand
    assert len(refused & without_postgresql.stored) <= at_hand


def test_without_redis_every_upload_is_taken(without_redis: Outage) -> None:
    uploads = [one for one in without_redis.asked if one.what in UPLOADS]

    assert {one.status for one in uploads} == {202}
    assert len([one for one in uploads if one in without_redis.meanwhile]) > 0


def test_without_redis_nobody_waits_long_and_no_other_request_fails(without_redis: Outage) -> None:
    assert {one.status for one in without_redis.asked} == {200, 202}
    assert max(one.seconds for one in without_redis.asked) <= ANSWERED


def test_without_redis_health_says_so(without_redis: Outage) -> None:
    told = {one.health for one in without_redis.meanwhile if one.what == HEALTH}

    assert told == {"degraded"}


def test_when_redis_is_back_everything_is_soon_visible(without_redis: Outage) -> None:
    assert taken(without_redis.asked) - without_redis.stored == set()
    assert without_redis.visible_after <= WELL + GRACE
