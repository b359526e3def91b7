"""From what people did to places on a board: pure, so that anybody can count along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.records import Standing

#: Of so few sessions a share says little about anybody.
FEWEST_SESSIONS = 5

Measure = Callable[[Standing], float | None]


@dataclass(frozen=True)
class Board:
    """One order of people."""

    name: str
    measure: Measure
    #: A share of one, rather than an amount.
    is_share: bool = False


@dataclass(frozen=True)
class Place:
    """One person on a board; equal values share a rank."""

    rank: int
    user_id: int
    username: str
    value: float


def _share(measure: Measure) -> Measure:
    return lambda one: measure(one) if one.session_count >= FEWEST_SESSIONS else None


BOARDS = (
    Board("tokens", lambda one: one.tokens),
    Board("sessions", lambda one: one.session_count),
    Board("active_days", lambda one: one.active_days),
    Board("cache", _share(lambda one: one.cache_share), is_share=True),
    Board("success", _share(lambda one: one.success_share), is_share=True),
)


def places(board: Board, standings: Sequence[Standing]) -> list[Place]:
    """Those who take part and have a value, highest first; equal ones by name."""
    known = [(board.measure(one), one) for one in standings if one.takes_part]
    ranks: dict[float, int] = {}
    for rank, value in enumerate(sorted((value for value, _ in known if value is not None), reverse=True), 1):
        ranks.setdefault(value, rank)
    listed = [
        Place(ranks[value], one.user_id, one.username, value) for value, one in known if value is not None
    ]
    return sorted(listed, key=lambda place: (place.rank, place.username.lower(), place.username))


def would_be(board: Board, standings: Sequence[Standing], user_id: int) -> Place | None:
    """Where somebody who does not take part would stand; None where they do, or have no value."""
    for one in standings:
        value = board.measure(one) if one.user_id == user_id and not one.takes_part else None
        if value is not None:
            higher = sum(place.value > value for place in places(board, standings))
            return Place(higher + 1, user_id, one.username, value)
    return None
