"""The same sums from three places: the rows themselves, the rollups, and the exported files."""

from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from db.connection import Database
from tests.exported_schemas import SCHEMAS

COUNTED = ["sessions", "messages", "seconds", "tokens_in", "tokens_out", "cache_read", "cache_creation"]
AMOUNTS = [*COUNTED, "nanodollars", "unpriced"]
CALLS = ["calls", "successes", "errors"]
DAY = ["person", "day"]
#: By what is summed, finest first: what agrees here agrees in every coarser view.
GRAINS = {
    "usage": ([*DAY, "project", "model"], AMOUNTS),
    "hours": ([*DAY, "project", "model", "hour"], ["sessions"]),
    "tools": ([*DAY, "project", "tool"], CALLS),
    "days": (DAY, AMOUNTS),
}
_TEXTS = dict.fromkeys(("person", "project", "model", "tool"), pl.String)
_TYPES = _TEXTS | {"day": pl.Date} | dict.fromkeys((*AMOUNTS, *CALLS, "hour"), pl.Int64)
Sums = dict[str, pl.DataFrame]


def of_rows(database: Database, zone: str, *, archived: bool) -> Sums:
    """From sessions and their parts; with what is left of those that are gone, or without."""
    facts = _frame(
        database, "test_sums_of_rows", [*GRAINS["hours"][0], *AMOUNTS], zone=zone, archived=archived
    )
    tools = _frame(
        database, "test_tools_of_rows", [*GRAINS["tools"][0], *CALLS], zone=zone, archived=archived
    )
    begun = facts.filter(pl.col("sessions") > 0)
    return {"usage": _by("usage", facts), "hours": _by("hours", begun), "tools": _by("tools", tools)} | {
        "days": _by("days", facts)
    }


def of_rollups(database: Database) -> Sums:
    """From the days of people."""
    places = {"usage": "sums", "hours": "hours", "tools": "tools", "days": "stats"}
    return {
        grain: _by(grain, _frame(database, f"test_{place}_of_days", [*GRAINS[grain][0], *GRAINS[grain][1]]))
        for grain, place in places.items()
    }


def of_files(folder: Path, zone: str) -> Sums:
    """From the files alone, as an analyst would."""
    clock = pl.col("started_at").dt.convert_time_zone(ZoneInfo(zone).key)
    named = {
        "person": pl.col("username"),
        "day": clock.dt.date(),
        "project": pl.col("project_name").fill_null(""),
    }
    sessions = _read(folder, "sessions").select(
        **named,
        model=pl.col("model").fill_null(""),
        hour=clock.dt.hour().cast(pl.Int64),
        sessions=pl.lit(1, pl.Int64),
        messages="total_messages",
        seconds=pl.col("duration_seconds").fill_null(0),
    )
    tokens = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
    models = _read(folder, "models").select(
        **named,
        model="model",
        tokens_in="tokens_in",
        tokens_out="tokens_out",
        cache_read="cache_read_tokens",
        cache_creation="cache_creation_tokens",
        nanodollars=_nano(pl.col("cost_usd")),
        unpriced=pl.when(pl.col("cost_usd").is_null()).then(pl.sum_horizontal(tokens)).otherwise(0),
    )
    tools = _read(folder, "tools").select(
        **named,
        tool="tool_name",
        calls="call_count",
        successes=pl.col("success_count").fill_null(0),
        errors=pl.col("error_count").fill_null(0),
    )
    facts = pl.concat([sessions, models], how="diagonal")
    return {"usage": _by("usage", facts), "hours": _by("hours", sessions), "tools": _by("tools", tools)} | {
        "days": _by("days", facts)
    }


def of_day_files(folder: Path) -> pl.DataFrame:
    """The dataset of days, under the names that are used here."""
    return _by(
        "days",
        _read(folder, "daily_stats").select(
            person="username",
            day="stat_date",
            sessions="session_count",
            messages="total_messages",
            seconds="total_duration_seconds",
            tokens_in="total_tokens_in",
            tokens_out="total_tokens_out",
            cache_read="cache_read_tokens",
            cache_creation="cache_creation_tokens",
            nanodollars=_nano(pl.col("cost_usd")),
            unpriced="unpriced_tokens",
        ),
    )


def _nano(dollars: pl.Expr) -> pl.Expr:
    return (dollars.cast(pl.Decimal(38, 9)) * 1_000_000_000).cast(pl.Int64).fill_null(0)


def _by(grain: str, facts: pl.DataFrame) -> pl.DataFrame:
    keys, amounts = GRAINS[grain]
    return facts.group_by(keys).agg(pl.col(amounts).sum()).select([*keys, *amounts]).sort(keys)


def _frame(database: Database, statement: str, columns: list[str], **values: object) -> pl.DataFrame:
    rows = database.fetch(statement, **values)
    return pl.DataFrame(rows, schema={name: _TYPES[name] for name in columns}, orient="row")


def _read(folder: Path, dataset: str) -> pl.DataFrame:
    if not any((folder / dataset).rglob("*.parquet")):
        return pl.DataFrame(schema=SCHEMAS[dataset])
    return pl.read_parquet(folder / dataset / "**" / "*.parquet", hive_partitioning=True)
