"""The leaderboards: from the totals of people to their ranks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.usage.usage_records import Standing

#: Shares of fewer sessions say little, so they are not ranked.
MIN_SESSIONS = 5

ValueOf = Callable[[Standing], float | None]


@dataclass(frozen=True)
class Ranking:
    """One leaderboard: what people are ranked by."""

    name: str
    value_of: ValueOf
    #: Is the value a share of one rather than an amount?
    is_share: bool = False


@dataclass(frozen=True)
class RankedPerson:
    """One person on a leaderboard; equal values share a rank."""

    rank: int
    user_id: int
    username: str
    value: float


def _share(value_of: ValueOf) -> ValueOf:
    return lambda one: value_of(one) if one.session_count >= MIN_SESSIONS else None


RANKINGS = (
    Ranking("tokens", lambda one: one.tokens),
    Ranking("sessions", lambda one: one.session_count),
    Ranking("active_days", lambda one: one.active_days),
    Ranking("cache", _share(lambda one: one.cache_share), is_share=True),
    Ranking("success", _share(lambda one: one.success_share), is_share=True),
)


def ranked(ranking: Ranking, standings: Sequence[Standing]) -> list[RankedPerson]:
    """Those who take part and have a value, highest first; equal ones by name."""
    known = [(ranking.value_of(one), one) for one in standings if one.takes_part]
    ranks: dict[float, int] = {}
    for rank, value in enumerate(sorted((value for value, _ in known if value is not None), reverse=True), 1):
        ranks.setdefault(value, rank)
    listed = [
        RankedPerson(ranks[value], one.user_id, one.username, value)
        for value, one in known
        if value is not None
    ]
    return sorted(listed, key=lambda one: (one.rank, one.username.lower(), one.username))


def would_be(ranking: Ranking, standings: Sequence[Standing], user_id: int) -> RankedPerson | None:
    """The rank that a person who does not take part would have; None for those who do, or have no value."""
    for one in standings:
        value = ranking.value_of(one) if one.user_id == user_id and not one.takes_part else None
        if value is not None:
            higher = sum(other.value > value for other in ranked(ranking, standings))
            return RankedPerson(higher + 1, user_id, one.username, value)
    return None
