"""The Tools page against a plain count of what was uploaded, and what of it a member may see."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from db.connection import Database, Transaction
from db.records import Account
from db.usage.periods import last_days
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.analytics_app.made_up import Session, Work, work
from tests.integration.analytics_app.reading import file, page, texts

MONTH = last_days(30, NOON.date())
SEEDS = [1, 2, 3]


@pytest.fixture(params=SEEDS)
def done(request: pytest.FixtureRequest, database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], request.param)


def summed(calls: Iterable[tuple[str, Counter[str]]]) -> dict[str, list[int]]:
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, counts in calls:
        sums[name].update(counts)
    return {name: [own["calls"], own["errors"], own["unreported"]] for name, own in sums.items()}


def shown(rows: list[list[str]], first: int = 1) -> dict[str, list[int]]:
    """Calls, errors and not reported by the first cell, without the mark that disarms formulas."""
    return {
        row[0].removeprefix("'"): [int(row[first]), int(row[first + 2]), int(row[first + 3])]
        for row in rows
        if row[first] != "0"
    }


def in_month(done: Work, project: str | None = None) -> list[tuple[Session, Counter[str], str]]:
    return list(done.calls(MONTH, project))


def test_every_tool_counts_what_was_uploaded(visit: Visit, done: Work, bob: Account) -> None:
    counted = summed((tool, counts) for _, counts, tool in in_month(done))
    assert shown(file(visit(bob), "tool-list")) == counted


def test_a_project_narrows_the_tools(visit: Visit, done: Work, bob: Account) -> None:
    counted = summed((tool, counts) for _, counts, tool in in_month(done, "shop"))
    assert shown(file(visit(bob), "tool-list", "?project=shop")) == counted


def test_servers_are_the_sums_of_their_tools(visit: Visit, done: Work, bob: Account) -> None:
    counted = summed(
        (tool.split("__")[1], counts) for _, counts, tool in in_month(done) if tool.startswith("mcp__")
    )
    assert shown(file(visit(bob), "servers"), first=2) == counted


def test_days_of_the_error_rate_are_a_plain_count(visit: Visit, done: Work, bob: Account) -> None:
    counted = summed((session.day.isoformat(), counts) for session, counts, _ in in_month(done))
    assert shown(file(visit(bob), "error-rate")) == counted


def test_one_tool_splits_into_its_days_projects_and_people(visit: Visit, done: Work, admin: Account) -> None:
    visitor, own = visit(admin), [entry for entry in in_month(done) if entry[2] == "Bash"]
    files = {name: shown(file(visitor, f"tool-{name}", "?tool=Bash")) for name in ("projects", "people")}
    assert files == {
        "projects": summed((s.body["project_name"] or "no project", counts) for s, counts, _ in own),
        "people": summed((session.person, counts) for session, counts, _ in own),
    }
    days = shown(file(visitor, "tool-days", "?tool=Bash"))
    assert days == summed((session.day.isoformat(), counts) for session, counts, _ in own)


def test_the_cards_say_the_sums(visit: Visit, done: Work, bob: Account) -> None:
    lang = texts(page(visit(bob), "tools-tiles.children")["tools-tiles"]["children"])
    [[calls, errors, unreported]] = summed(("all", counts) for _, counts, _ in in_month(done)).values()
    assert f"Calls {calls:,}" in lang
    assert f"Errors {errors:,}" in lang
    assert f"Outcome not reported {unreported:,}" in lang


@pytest.fixture
def little(database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], 4, count=25, days=20)


def test_a_member_never_gets_the_people_of_a_tool(visit: Visit, little: Work, bob: Account) -> None:
    visitor = visit(bob)
    asked = {'{"panel":["MATCH"],"part":"requested"}.data': {"panel": "tool-people", "search": "?tool=Bash"}}
    answers = [
        visitor.get("/csv/tool-people.csv?tool=Bash"),
        visitor.call("tool-people-rows.children", {"url.search": "?tool=Bash"}),
        visitor.call('"part":"table"', asked),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "alice" not in "".join(answer.text for answer in answers)


def test_only_an_admins_page_has_a_place_for_people(
    visit: Visit, little: Work, bob: Account, admin: Account
) -> None:
    pages = [visit(one).call("content.children", {"url.pathname": "/tools"}).text for one in (bob, admin)]
    assert ["tool-people-rows" in text for text in pages] == [False, True]


def test_the_page_keeps_room_for_the_tool_in_its_address(visit: Visit, little: Work, bob: Account) -> None:
    visitor = visit(bob)
    looks = [
        '"panels detail open"'
        in visitor.call("content.children", {"url.pathname": "/tools", "url.search": search}).text
        for search in ("?tool=Bash", "")
    ]
    assert looks == [True, False]


def test_a_tool_that_nobody_called_advises_the_same_everywhere(
    visit: Visit, little: Work, bob: Account
) -> None:
    parts = page(visit(bob), "tools-tiles.children", "?tool=Nobody")
    lang = {texts(parts[place]) for place in ("tool-days-empty", "tool-projects-rows")}
    assert lang == {"No calls Choose a longer period above."}


def test_a_click_on_a_tool_asks_for_that_tool_alone(
    visit: Visit, little: Work, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(bob)
    before = page(visitor, "tools-tiles.children")["tools-shown"]["data"]
    asked: list[str] = []
    fetch = Transaction.fetch
    monkeypatch.setattr(
        Transaction, "fetch", lambda self, name, **v: asked.append(name) or fetch(self, name, **v)
    )
    after = page(visitor, "tools-tiles.children", "?tool=Bash", **{"tools-shown.data": before})
    assert "tools-tiles" not in after
    assert len(asked) == len(set(asked)) <= 6


def test_without_any_call_the_page_says_what_to_do(visit: Visit, bob: Account) -> None:
    parts = page(visit(bob), "tools-tiles.children")
    assert "They appear as soon as" in texts(parts["tool-list-rows"]["children"])
    assert "No tool calls" in texts(parts["error-rate-empty"]["children"])


def test_the_link_of_a_tool_keeps_the_filters(visit: Visit, little: Work, bob: Account) -> None:
    parts = page(visit(bob), "tools-tiles.children", "?days=90&tool=Bash")
    assert '"/tools?days=90&tool=Read"' in str(parts["tool-list-rows"]).replace("'", '"')
    assert '"/tools?days=7&tool=Bash"' in str(parts["tools-filter-bar"]).replace("'", '"')


def test_a_period_of_one_day_can_be_shown(visit: Visit, little: Work, bob: Account) -> None:
    search = f"?from={NOON.date()}&to={NOON.date()}&tool=Bash"
    assert page(visit(bob), "tools-tiles.children", search)["tool-days-figure"]["figure"]
