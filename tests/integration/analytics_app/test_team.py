"""The Team page tells what the rollups hold, and shows an upload as soon as they do."""

import json
from typing import Any

import pytest

from db.accounts.account_records import Account
from db.connection import Database, Transaction
from tasks.rollups import rollup
from tests.integration.analytics_app.conftest import Visit, Visitor
from tests.integration.analytics_app.reading import page, texts
from tests.integration.uploads import settle, upload


def team(visitor: Visitor, search: str = "") -> dict[str, Any]:
    return page(visitor, "team-tiles.children", search)


@pytest.fixture
def worked(database: Database, alice: Account, bob: Account) -> None:
    """Alice worked twice in the shop, Bob once on the docs."""
    rollup.begin_in_zone(database, "UTC")
    upload(database, alice, "a1")
    upload(database, alice, "a2", started_at="2026-11-22T09:00:00Z", ended_at="2026-11-22T09:30:00Z")
    upload(database, bob, "b1", project_name="<b>docs", tools=[])
    settle(database)


def test_the_cards_say_the_sums_of_the_period(visit: Visit, worked: None, charlie: Account) -> None:
    lang = texts(team(visit(charlie))["team-tiles"]["children"])
    assert "Sessions 3" in lang
    assert "Tokens 450 + 6,900 cache" in lang
    assert "Active developers 2 of 3" in lang


def test_changes_compare_full_days_with_the_same_days_before(
    visit: Visit, worked: None, alice: Account, database: Database
) -> None:
    for number, day in enumerate(("08", "09", "14", "15")):
        upload(database, alice, f"before{number}", started_at=f"2026-11-{day}T10:00:00Z", ended_at=None)
    settle(database)
    parts = team(visit(alice), "?days=7")
    told = texts(parts["team-tiles"]["children"])
    assert "Sessions 3 =   same as before" in told
    assert "Active developers 2 of 2 ▲   100% more 1 → 2" in told
    lang = parts["team-compared"]["children"].replace("\u2009", "")
    assert lang.startswith("Changes compare Nov 16–21, 2026 with Nov 9–14, 2026")


def test_filters_narrow_every_part(visit: Visit, worked: None, bob: Account) -> None:
    parts = team(visit(bob), "?project=shop")
    told = texts(parts["team-tiles"]["children"])
    assert ("Sessions 2" in told, "Active developers 1 of 2" in told) == (True, True)
    assert "docs" not in texts(parts["projects-rows"]["children"])


def test_the_leaderboard_marks_the_reader_and_leaves_out_who_left_it(
    visit: Visit, worked: None, alice: Account, charlie: Account
) -> None:
    lang = texts(team(visit(alice))["leaderboard-rows"]["children"])
    assert "alice (you) 2" in lang
    assert "charlie" not in lang


def test_who_is_deactivated_leaves_the_leaderboard(
    visit: Visit, worked: None, alice: Account, bob: Account, database: Database
) -> None:
    database.execute("test_deactivate", user_id=bob.user_id)
    assert "bob" not in texts(team(visit(alice))["leaderboard-rows"]["children"])


def test_a_page_without_sessions_says_what_to_do(visit: Visit, admin: Account) -> None:
    lang = texts(team(visit(admin))["tokens-empty"]["children"])
    assert lang == "No session has arrived yet Add a person and give them their key:   People & keys"


def test_a_period_without_sessions_says_what_to_do(visit: Visit, worked: None, bob: Account) -> None:
    lang = texts(team(visit(bob), "?from=2026-01-01&to=2026-01-31")["tokens-empty"]["children"])
    assert "No sessions in this period" in lang


def test_a_filter_that_leaves_nothing_can_be_lifted_without_losing_the_period(
    visit: Visit, worked: None, bob: Account
) -> None:
    parts = team(visit(bob), "?days=7&project=none")
    assert '"href": "/?days=7"' in json.dumps(parts["tokens-empty"])


def test_tools_say_that_they_count_all_models_where_one_is_chosen(
    visit: Visit, worked: None, bob: Account
) -> None:
    visitor = visit(bob)
    assert "all models" in team(visitor, "?model=claude")["tools-note"]["children"]
    assert "all models" not in team(visitor)["tools-note"]["children"]


def test_the_coverage_line_says_how_far_to_trust_the_page(
    visit: Visit, worked: None, charlie: Account
) -> None:
    lang = texts(team(visit(charlie))["team-footer"]["children"])
    assert "2 of 3 people reported" in lang
    assert "tool outcome not reported for" in lang


def shown_marker(parts: dict[str, Any]) -> object:
    """What the page remembers beside its "as of"."""
    _period, _as_of, store = parts["team-subtitle"]["children"]
    return store["props"]["data"]


def tick(visitor: Visitor, shown: object) -> Any:
    answer = visitor.call("as-of.children", {"tick.n_intervals": 1, "shown-marker.data": shown})
    return answer.get_json()["response"].get("preference-marker")


def test_an_open_page_learns_of_an_upload_and_only_then(
    visit: Visit, worked: None, alice: Account, database: Database
) -> None:
    visitor = visit(alice)
    shown = shown_marker(team(visitor))
    assert tick(visitor, shown) is None
    upload(database, alice, "a3")
    settle(database)
    assert tick(visitor, shown)["data"] != shown


def test_the_table_and_the_file_hold_the_numbers_of_the_chart(
    visit: Visit, worked: None, alice: Account
) -> None:
    visitor = visit(alice)
    asked = {"panel": "tokens", "search": "?days=7"}
    table = visitor.call('"part":"table"', {'{"panel":["MATCH"],"part":"requested"}.data': asked}).text
    lines = visitor.get("/csv/tokens.csv?days=7").text.splitlines()
    assert ("Fri, Nov 20, 2026" in table, lines[3]) == (True, "2026-11-20,300,300")


def test_a_project_named_like_a_formula_is_disarmed_in_the_file(
    visit: Visit, alice: Account, database: Database
) -> None:
    upload(database, alice, "a1", project_name="=HYPERLINK(1)")
    settle(database)
    assert "'=HYPERLINK(1)" in visit(alice).get("/csv/projects.csv").text


@pytest.mark.parametrize("name", ["unknown", "..%2f..%2fetc%2fpasswd", "tokens.csv"])
def test_no_other_file_is_a_table(visit: Visit, alice: Account, name: str) -> None:
    assert visit(alice).get(f"/csv/{name}.csv").status_code == 404


def test_every_chart_is_one_query_of_one_moment(
    visit: Visit, worked: None, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(alice)
    asked: list[str] = []
    fetch = Transaction.fetch
    monkeypatch.setattr(
        Transaction, "fetch", lambda self, name, **v: asked.append(name) or fetch(self, name, **v)
    )
    team(visitor)
    assert len(asked) == len(set(asked))
    assert 6 <= len(asked) <= 8
