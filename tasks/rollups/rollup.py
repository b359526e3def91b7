"""Recomputes the daily figures of marked team days from their sessions, with Polars; late uploads mark their day."""

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import polars as pl
import structlog

from db.batching import run_until
from db.connection import Database, Row, Transaction
from db.errors import Refused, retried
from db.usage import rollups
from db.usage.periods import Period
from db.usage.usage_records import UserDay

log = structlog.get_logger()

# (Person, day) pairs a transaction recomputes: few enough that nobody waits long for the lock.
BATCH = 400
DEADLINE_SECONDS = 120
TOP_TOOLS = 5
# Clients choose the names. Of a person's day this many are kept, far more than a real one has; rarer ones are summed
# under one name, so that the cost of recomputing a day stays limited.
MAX_TOOLS, OTHER_TOOLS = 1000, "(other tools)"
MAX_MODELS, OTHER_MODELS = 200, "(other models)"

DAY = ["user_id", "stat_date"]
USED = ["tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens"]

_DAY = {"user_id": pl.Int64, "stat_date": pl.Date}
SESSIONS = pl.Schema(
    _DAY
    | {"project_name": pl.String, "model": pl.String, "hour": pl.Int64}
    | dict.fromkeys(["session_count", "total_messages", "duration_seconds"], pl.Int64)
    | {"imported_at": pl.Datetime("us", "UTC")}
)
MODELS = pl.Schema(
    _DAY
    | {"project_name": pl.String, "model": pl.String}
    | dict.fromkeys(USED, pl.Int64)
    | {"cost_usd": pl.Decimal(38, 9)}
)
TOOLS = pl.Schema(
    _DAY
    | {"project_name": pl.String, "tool_name": pl.String}
    | dict.fromkeys(["call_count", "success_count", "error_count", "unreported_count"], pl.Int64)
)


def recompute_days(db: Database, zone: str, *, seconds: float = math.inf) -> int:
    """Recompute marked days for at most `seconds`; returns the number of (person, day) pairs recomputed."""
    return run_until(partial(_recompute_batch, db, zone), seconds)


def _recompute_batch(db: Database, zone: str) -> int:
    try:
        return retried(partial(_recompute_marked, db, zone, _write))
    except Refused as error:
        log.warning("days_refused", reason=str(error))
    return _recompute_marked(db, zone, _write_singly)


def _recompute_marked(
    db: Database, zone: str, write: Callable[[Transaction, list[UserDay], str], None]
) -> int:
    with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
        rollups.lock_rollups(transaction)
        days = rollups.take_dirty_days(transaction, limit=BATCH)
        if days:
            write(transaction, days, zone)
            rollups.recompute_team_days(transaction, sorted({day.stat_date for day in days}))
        return len(days)


def _write_singly(transaction: Transaction, days: list[UserDay], zone: str) -> None:
    """Write each day by itself; one that PostgreSQL refuses keeps its old figures, and `check` reports it."""
    for day in days:
        try:
            with transaction.savepoint():
                _write(transaction, [day], zone)
        except Refused as error:
            log.error("day_refused", user_id=day.user_id, day=str(day.stat_date), reason=str(error))


def _write(transaction: Transaction, days: list[UserDay], zone: str) -> None:
    sessions = _frame(rollups.read_rollup(transaction, "sessions", days, zone), SESSIONS)
    models = _frame(rollups.read_rollup(transaction, "models", days, zone), MODELS)
    tools = _frame(rollups.read_rollup(transaction, "tools", days, zone), TOOLS)
    sessions, models = with_fewer_models(sessions, models)
    usage = usage_rows(sessions, models)
    stats = json.dumps(stats_rows(sessions, usage, tools), default=str)
    rollups.write_rollup(transaction, "stats", days, stats)
    rollups.write_rollup(transaction, "usage", days, usage.write_json())
    rollups.write_rollup(transaction, "tools", days, tools_rows(tools).write_json())
    rollups.write_rollup(transaction, "hours", days, hours_rows(sessions).write_json())


def _frame(rows: list[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def with_fewer_models(sessions: pl.DataFrame, models: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames with the rarest models of a (person, day) renamed to `OTHER_MODELS`, the same ones in each."""
    grain = [*DAY, "project_name", "model"]
    used = models.select(*grain, pl.sum_horizontal(USED).alias("tokens"))
    begun = sessions.select(*grain, pl.lit(0, pl.Int64).alias("tokens"))
    rare = rare_names(pl.concat([used, begun]), "tokens", MAX_MODELS)
    return _renamed(sessions, rare, OTHER_MODELS), _renamed(models, rare, OTHER_MODELS)


def rare_names(rows: pl.DataFrame, weight: str, limit: int) -> pl.DataFrame:
    """The (person, day, project, name) beyond the `limit` largest by `weight` of their person's day."""
    grain = [name for name in rows.columns if name != weight]
    summed = rows.group_by(grain).agg(pl.col(weight).sum())
    ordered = summed.sort([*DAY, weight, *grain[2:]], descending=[False, False, True, False, False])
    return ordered.filter(pl.int_range(pl.len()).over(DAY) >= limit).select(grain)


def _renamed(rows: pl.DataFrame, rare: pl.DataFrame, name: str) -> pl.DataFrame:
    if rare.is_empty():
        return rows
    column = rare.columns[-1]
    marked = rows.join(rare.with_columns(rare=True), on=rare.columns, how="left")
    return marked.with_columns(
        pl.when("rare").then(pl.lit(name)).otherwise(pl.col(column)).alias(column)
    ).drop("rare")


def usage_rows(sessions: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """One row per (person, day, project, model); time counts for the main model, tokens for the one that used them."""
    grain = [*DAY, "project_name", "model"]
    counted = sessions.group_by(grain).agg(
        pl.col("session_count", "total_messages", "duration_seconds").sum()
    )
    all_tokens = pl.sum_horizontal(USED)
    used = models.group_by(grain).agg(
        pl.col(USED).sum(),
        # Without any known price the cost is null, not 0.
        pl.when(pl.col("cost_usd").is_not_null().any()).then(pl.col("cost_usd").sum()).alias("cost_usd"),
        all_tokens.filter(pl.col("cost_usd").is_null()).sum().alias("unpriced_tokens"),
    )
    joined = counted.join(used, on=grain, how="full", coalesce=True)
    return joined.with_columns(pl.selectors.integer().fill_null(0)).sort(grain)


def tools_rows(tools: pl.DataFrame) -> pl.DataFrame:
    """One row per (person, day, project, tool), the rarest of very many merged."""
    grain = [*DAY, "project_name", "tool_name"]
    counts = ["call_count", "success_count", "error_count", "unreported_count"]
    rare = rare_names(tools.select(*grain, "call_count"), "call_count", MAX_TOOLS)
    return _renamed(tools, rare, OTHER_TOOLS).group_by(grain).agg(pl.col(counts).sum()).sort(grain)


def hours_rows(sessions: pl.DataFrame) -> pl.DataFrame:
    """One row per (person, day, project, model, hour of the team's clock at which sessions began)."""
    grain = [*DAY, "project_name", "model", "hour"]
    return sessions.group_by(grain).agg(pl.col("session_count").sum()).sort(grain)


def stats_rows(sessions: pl.DataFrame, usage: pl.DataFrame, tools: pl.DataFrame) -> list[Row]:
    """One row per (person, day), with the five most called tools."""
    summed = usage.group_by(DAY).agg(
        pl.col("session_count", "total_messages", "duration_seconds", *USED, "unpriced_tokens").sum(),
        pl.when(pl.col("cost_usd").is_not_null().any()).then(pl.col("cost_usd").sum()).alias("cost_usd"),
    )
    seen = sessions.group_by(DAY).agg(pl.col("imported_at").max().alias("last_upload_at"))
    ended = tools.group_by(DAY).agg(
        pl.col("success_count").sum().alias("calls_succeeded"),
        pl.col("error_count").sum().alias("calls_failed"),
    )
    days = summed.join(seen, on=DAY, how="inner").join(ended, on=DAY, how="left").sort(DAY)
    days = days.with_columns(pl.col("calls_succeeded", "calls_failed").fill_null(0))
    top = top_tools(tools)
    return [day | {"top_tools": top.get((day["user_id"], day["stat_date"]), {})} for day in days.to_dicts()]


def top_tools(tools: pl.DataFrame) -> dict[tuple[object, object], dict[str, int]]:
    """The most called tools of each (person, day), most calls first."""
    called = tools.group_by([*DAY, "tool_name"]).agg(pl.col("call_count").sum())
    ordered = called.sort([*DAY, "call_count", "tool_name"], descending=[False, False, True, False])
    top: dict[tuple[object, object], dict[str, int]] = {}
    for user_id, stat_date, tool, calls in ordered.group_by(DAY, maintain_order=True).head(TOP_TOOLS).rows():
        top.setdefault((user_id, stat_date), {})[tool] = calls
    return top


def begin_in_zone(db: Database, zone: str) -> bool:
    """Set the time zone of the rollups; True if it changed and all days are marked again. Raises Refused if unknown."""
    with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
        rollups.require_zone(transaction, zone)
        rollups.lock_rollups(transaction)
        if rollups.fetch_rollup_zone(transaction) == zone:
            return False
        rollups.restart_rollups(transaction, zone)
    return True


def recompute_between(db: Database, period: Period, zone: str) -> int:
    """Recompute all days of a period, marked or not; returns the number of (person, day) pairs recomputed."""
    rollups.mark_days_dirty_between(db, period, zone)
    return recompute_days(db, zone)
