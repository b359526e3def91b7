"""A tile says its change with an arrow and a word, never with a colour alone."""

import pytest

from analytics_app.components.stat_tiles import Change, StatTile, arrow, change, change_text, tiles
from analytics_app.i18n.languages import Language


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (112, 100, Change("more", 0.12)),
        (97, 100, Change("less", 0.03)),
        (100.4, 100, Change("same", 0.0)),
        (5, 0, Change("more", None)),
        (0, 0, Change("same", None)),
        (0, 5, Change("less", 1.0)),
    ],
)
def test_two_periods_compare_as_a_share_of_the_earlier(now: float, before: float, expected: Change) -> None:
    found = change(now, before)
    assert found.direction == expected.direction
    assert found.share == pytest.approx(expected.share)


@pytest.mark.parametrize(
    ("given", "lang"),
    [
        (Change("more", 0.12), "12 % mehr"),
        (Change("less", 0.03), "3 % weniger"),
        (Change("same", 0.0), "wie zuvor"),
        (Change("more", None), "zuvor keine"),
        (Change("more", 41.0), "über 10-fach"),
    ],
)
def test_a_change_is_said_in_words(given: Change, lang: str, german: Language) -> None:
    assert change_text(given, german).replace("\xa0", " ") == lang


@pytest.mark.parametrize(
    ("given", "sign"),
    [(Change("less", 0.03), "▼"), (Change("same", None), "="), (Change("more", None), "")],
)
def test_no_arrow_points_away_from_nothing(given: Change, sign: str) -> None:
    assert arrow(given) == sign


@pytest.mark.parametrize(("more_is_good", "mood"), [(True, "mood mood-good"), (False, "mood mood-look")])
def test_more_cost_is_worth_a_look_and_more_sessions_are_welcome(
    more_is_good: bool, mood: str, english: Language
) -> None:
    tile = StatTile(
        "Cost", "$ 2", change=Change("more", 0.5), before="$ 1", series=[1, 2], more_is_good=more_is_good
    )
    line = tiles([tile], english)[0].children[2]
    assert line.children[0].className == mood


def test_what_stands_beside_a_number_is_not_part_of_it(english: Language) -> None:
    tile = StatTile("Tokens", "312M", beside="+ 4.1B cache", change=Change("same", 0.0), series=[1])
    number, beside = tiles([tile], english)[0].children[1].children
    assert (number.children, beside.children) == ("312M", "+ 4.1B cache")


@pytest.mark.parametrize(("full", "lang"), [("$ 187", "$ 190 → $ 187"), ("", "vs $ 190")])
def test_a_change_names_what_it_compares_where_that_is_not_the_value(
    full: str, lang: str, english: Language
) -> None:
    tile = StatTile("Cost", "$ 191", change=Change("less", 0.02), before="$ 190", series=[1, 2], full=full)
    line = tiles([tile], english)[0].children[2]
    assert (line.children[1].children, line.title) == (lang, lang)
