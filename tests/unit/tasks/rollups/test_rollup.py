"""Days from sessions: the arithmetic of the rollup, on frames made by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from tasks.rollups import rollup

DAY = {"user_id": 1, "stat_date": date(2026, 11, 20)}
SESSION = DAY | {
    "project_name": "shop",
    "model": "a",
    "hour": 9,
    "session_count": 1,
    "total_messages": 4,
    "duration_seconds": 60,
    "imported_at": datetime(2026, 11, 20, 12, tzinfo=UTC),
}
TOKENS = {"tokens_in": 10, "tokens_out": 1, "cache_read_tokens": 5, "cache_creation_tokens": 4}


def models(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame([DAY | {"project_name": "shop"} | TOKENS | row for row in rows], schema=rollup.MODELS)


def sessions(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame([SESSION | row for row in rows], schema=rollup.SESSIONS)


def tools(*rows: dict) -> pl.DataFrame:
    counts = {"call_count": 3, "success_count": 2, "error_count": 1, "unreported_count": 0}
    return pl.DataFrame([DAY | {"project_name": "shop"} | counts | row for row in rows], schema=rollup.TOOLS)


def test_a_session_counts_once_at_its_main_model_and_tokens_where_they_were_used() -> None:
    usage = rollup.usage_rows(sessions({}), models({"model": "a"}, {"model": "b"}))

    assert usage.select("model", "session_count", "tokens_in").rows() == [("a", 1, 10), ("b", 0, 10)]


def test_a_main_model_without_tokens_of_its_own_still_counts_the_session() -> None:
    usage = rollup.usage_rows(sessions({"model": "z"}), models({"model": "a"}))

    assert usage.select("model", "session_count", "tokens_in").rows() == [("a", 0, 10), ("z", 1, 0)]


def test_tokens_without_a_price_are_counted_apart() -> None:
    usage = rollup.usage_rows(
        sessions({}), models({"model": "a", "cost_usd": Decimal("0.5")}, {"model": "b"})
    )

    assert usage.select("cost_usd", "unpriced_tokens").rows() == [(Decimal("0.5"), 0), (None, 20)]


def test_no_known_price_at_all_is_no_cost_rather_than_zero() -> None:
    usage = rollup.usage_rows(sessions({}), models({"model": "a"}))

    [day] = rollup.stats_rows(sessions({}), usage, tools())

    assert day["cost_usd"] is None
    assert day["unpriced_tokens"] == 20


def test_the_five_most_called_tools_lead_the_day() -> None:
    called = tools(
        *({"tool_name": name, "call_count": count} for count, name in enumerate("abcdef", start=1))
    )

    assert rollup.top_tools(called) == {(1, date(2026, 11, 20)): {"f": 6, "e": 5, "d": 4, "c": 3, "b": 2}}


def test_hours_count_the_sessions_that_began_in_them() -> None:
    hours = rollup.hours_rows(sessions({}, {"total_messages": 9}, {"hour": 14}))

    assert hours.select("hour", "session_count").rows() == [(9, 2), (14, 1)]


def test_a_day_without_sessions_leaves_no_row() -> None:
    assert rollup.stats_rows(sessions(), rollup.usage_rows(sessions(), models()), tools()) == []


def test_the_rarest_of_very_many_tools_are_summed_under_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "MAX_TOOLS", 2)
    called = tools(
        *({"tool_name": name, "call_count": count} for count, name in enumerate("abcd", start=1)),
        {"user_id": 2, "tool_name": "a", "call_count": 1},
    )

    kept = rollup.tools_rows(called).select("user_id", "tool_name", "call_count").rows()

    assert kept == [(1, rollup.OTHER_TOOLS, 3), (1, "c", 3), (1, "d", 4), (2, "a", 1)]


def test_the_rarest_of_very_many_models_are_summed_under_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "MAX_MODELS", 1)
    begun, used = rollup.with_fewer_models(
        sessions({"model": "a"}, {"model": "b"}),
        models({"model": "a"}, {"model": "b", "tokens_in": 99}, {"model": "c"}),
    )

    kept = rollup.usage_rows(begun, used).select("model", "session_count", "tokens_in").rows()

    assert kept == [(rollup.OTHER_MODELS, 1, 20), ("b", 1, 99)]
