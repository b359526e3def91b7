"""Leaderboards: highest first, equal ones together, and nobody who does not take part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_app.analysis.rankings import MIN_SESSIONS, RANKINGS, Ranking, ranked, would_be
from db.usage.usage_records import Standing

TOKENS, SESSIONS, ACTIVE_DAYS, CACHE, SUCCESS = RANKINGS


def one(user_id: int, *, takes_part: bool = True, **figures: int) -> Standing:
    values = {
        "session_count": 9,
        "tokens": 0,
        "active_days": 1,
        "cache_read_tokens": 0,
        "tokens_read": 0,
        "calls_succeeded": 0,
        "calls_failed": 0,
    }
    return Standing(user_id=user_id, username=f"p{user_id}", takes_part=takes_part, **(values | figures))


def test_equal_values_share_a_rank_and_the_next_one_is_skipped() -> None:
    listed = ranked(TOKENS, [one(1, tokens=5), one(2, tokens=9), one(3, tokens=5), one(4, tokens=1)])

    assert [(person.rank, person.username) for person in listed] == [
        (1, "p2"),
        (2, "p1"),
        (2, "p3"),
        (4, "p4"),
    ]


def test_who_does_not_take_part_is_on_no_leaderboard() -> None:
    assert ranked(TOKENS, [one(1, takes_part=False, tokens=5)]) == []


def test_who_does_not_take_part_learns_where_they_would_stand() -> None:
    standings = [one(1, tokens=9), one(2, tokens=5), one(3, takes_part=False, tokens=7)]

    assert [would_be(TOKENS, standings, 3), would_be(TOKENS, standings, 1)] == [
        type(ranked(TOKENS, standings)[0])(2, 3, "p3", 7),
        None,
    ]


@pytest.mark.parametrize(
    ("ranking", "figures"),
    [
        (CACHE, {"cache_read_tokens": 3, "tokens_read": 4}),
        (SUCCESS, {"calls_succeeded": 3, "calls_failed": 1}),
    ],
)
def test_a_share_of_few_sessions_says_nothing(ranking: Ranking, figures: dict[str, int]) -> None:
    enough = one(1, session_count=MIN_SESSIONS, **figures)
    too_few = one(2, session_count=MIN_SESSIONS - 1, **figures)

    assert [(person.username, person.value) for person in ranked(ranking, [enough, too_few])] == [
        ("p1", 0.75)
    ]


def test_calls_without_a_reported_outcome_are_no_success() -> None:
    assert ranked(SUCCESS, [one(1)]) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=12))
def test_a_rank_is_one_more_than_the_people_above(people: list[tuple[int, bool]]) -> None:
    standings = [one(place, tokens=value, takes_part=part) for place, (value, part) in enumerate(people)]

    for person in ranked(TOKENS, standings):
        assert person.rank == 1 + sum(part and value > person.value for value, part in people)
