"""From what people did to places on a board: pure, so that anybody can count along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.usage.usage_records import Standing

#: Of so few sessions a share says little about anybody.
MIN_SESSIONS = 5

Measure = Callable[[Standing], float | None]


@dataclass(frozen=True)
class Ranking:
    """One order of people."""

    name: str
    measure: Measure
    #: A share of one, rather than an amount.
    is_share: bool = False


@dataclass(frozen=True)
class RankedPerson:
    """One person on a board; equal values share a rank."""

    rank: int
    user_id: int
    username: str
    value: float


def _share(measure: Measure) -> Measure:
    return lambda one: measure(one) if one.session_count >= MIN_SESSIONS else None


BOARDS = (
    Ranking("tokens", lambda one: one.tokens),
    Ranking("sessions", lambda one: one.session_count),
    Ranking("active_days", lambda one: one.active_days),
    Ranking("cache", _share(lambda one: one.cache_share), is_share=True),
    Ranking("success", _share(lambda one: one.success_share), is_share=True),
)


def places(ranking: Ranking, standings: Sequence[Standing]) -> list[RankedPerson]:
    """Those who take part and have a value, highest first; equal ones by name."""
    known = [(ranking.measure(one), one) for one in standings if one.takes_part]
    ranks: dict[float, int] = {}
    for rank, value in enumerate(sorted((value for value, _ in known if value is not None), reverse=True), 1):
        ranks.setdefault(value, rank)
    listed = [
        RankedPerson(ranks[value], one.user_id, one.username, value)
        for value, one in known
        if value is not None
    ]
    return sorted(listed, key=lambda place: (place.rank, place.username.lower(), place.username))


def would_be(ranking: Ranking, standings: Sequence[Standing], user_id: int) -> RankedPerson | None:
    """Where somebody who does not take part would stand; None where they do, or have no value."""
    for one in standings:
        value = ranking.measure(one) if one.user_id == user_id and not one.takes_part else None
        if value is not None:
            higher = sum(place.value > value for place in places(ranking, standings))
            return RankedPerson(higher + 1, user_id, one.username, value)
    return None
