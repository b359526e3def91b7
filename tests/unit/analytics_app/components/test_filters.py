"""The address holds the whole state of the filter bar, and nothing it says can break a page."""

from datetime import date

import pytest

from analytics_app.components.filters import bar, summary
from analytics_app.context.selection import EVERYTHING, parse, query_of
from analytics_app.i18n.languages import Language
from db.usage.periods import Period
from db.usage.usage_records import Choices


def test_an_empty_address_means_thirty_days_of_everything(today: date) -> None:
    selection = parse("", today)
    assert selection.period == Period(date(2026, 10, 24), today)
    assert not selection.narrowed


@pytest.mark.parametrize("days", [7, 90, 365])
def test_a_range_reaches_back_from_today(days: int, today: date) -> None:
    assert parse(f"?days={days}", today).period.days == days


def test_a_range_of_ones_own_is_taken_as_it_is(today: date) -> None:
    selection = parse("?from=2026-10-01&to=2026-10-31", today)
    assert (selection.period, selection.days) == (Period(date(2026, 10, 1), date(2026, 10, 31)), None)


@pytest.mark.parametrize(
    "search",
    [
        None,
        7,
        ["?days=7"],
        "?days=8",
        "?days=-1",
        "?days=٣",
        "?from=2026-11-10&to=2026-11-01",
        "?from=2026-11-01&to=2027-01-01",
        "?from=0001-01-01&to=2026-11-01",
        "?from=2021-01-01&to=2026-11-01",
        "?from=tomorrow&to=2026-11-01",
        "?project=%00",
        "?project=" + EVERYTHING,
        "&&&===%%%",
    ],
)
def test_what_the_address_says_wrongly_counts_as_not_said(search: object, today: date) -> None:
    assert parse(search, today) == parse("", today)


@pytest.mark.parametrize(
    "search",
    [
        "",
        "?days=7",
        "?days=365&project=shop-api",
        "?from=2026-10-01&to=2026-10-31&model=opus+4",
        "?project=a%26b%3Dc%23%3Cd%3E",
    ],
)
def test_an_address_survives_being_read_and_written(search: str, today: date) -> None:
    assert query_of(parse(search, today)) == search


def test_a_lone_surrogate_in_a_name_can_be_stored(today: date) -> None:
    project = parse("?project=\ud800", today).project
    assert project is not None
    assert project.encode()


def test_the_phone_says_the_whole_selection_in_one_line(today: date, german: Language) -> None:
    assert summary(parse("?days=7&project=shop-api", today), german) == "7 Tage · shop-api · alle Modelle"
    assert " · eine Person · " in summary(parse("?person=3", today), german)


def test_a_range_link_keeps_the_other_filters(today: date, english: Language) -> None:
    selection = parse("?project=shop-api", today)
    segments = bar(selection, Choices(projects=[], models=[]), today, path="/", lang=english)[0].children
    assert [link.href for link in segments[:2]] == ["/?days=7&project=shop-api", "/?project=shop-api"]


def test_a_chosen_project_is_offered_although_the_year_has_none(today: date, english: Language) -> None:
    selection = parse("?project=gone", today)
    controls = bar(selection, Choices(projects=["shop-api"], models=[]), today, path="/", lang=english)
    options = controls[1].children[1].options
    assert [option["value"] for option in options] == [EVERYTHING, "gone", "shop-api"]
