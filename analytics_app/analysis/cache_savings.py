"""What the cache saves at list price, which does not follow from the costs in the rollups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from genai_prices import Usage
from genai_prices.data_snapshot import DataSnapshot, get_snapshot

from db.usage.breakdown_records import ModelFigures

#: Below the long-prompt tiers a price is linear: that of so many tokens is divided by their number.
PROBE = 1_000
MAX_CACHED = 4096


@dataclass(frozen=True)
class InputPrices:
    """US dollars of one token that the model reads: fresh, from the cache, and into the cache."""

    fresh: Decimal
    cache_read: Decimal
    cache_creation: Decimal


def cache_savings(rows: Iterable[ModelFigures]) -> Decimal | None:
    """What the same tokens would have cost as fresh input, less what they cost; None where no price is known.

    Σ cache_read · (fresh - cache_read price) - cache_creation · (cache_creation price - fresh), by model and day.
    """
    known = [saved for row in rows if (saved := _saved(row)) is not None]
    return sum(known, Decimal(0)) if known else None


def _saved(row: ModelFigures) -> Decimal | None:
    prices = input_prices(row.model, row.stat_date)
    if prices is None:
        return None
    read = row.cache_read_tokens * (prices.fresh - prices.cache_read)
    return read - row.cache_creation_tokens * (prices.cache_creation - prices.fresh)


@lru_cache(maxsize=MAX_CACHED)
def input_prices(model: str, day: date) -> InputPrices | None:
    """The list prices of short prompts on that day; None where there are none."""
    # A fresh snapshot for this one name: the library's own caches every name it was ever asked for.
    prices = DataSnapshot(providers=get_snapshot().providers, from_auto_update=False)
    try:
        provider, found = prices.find_provider_model(model, None, None, None)
    except LookupError:
        return None
    moment = datetime.combine(day, time(12), UTC)
    fresh, read, creation = (
        found.calc_price(
            usage, provider, genai_request_timestamp=moment, auto_update_timestamp=None
        ).total_price
        / PROBE
        for usage in (
            Usage(input_tokens=PROBE),
            Usage(input_tokens=PROBE, cache_read_tokens=PROBE),
            Usage(input_tokens=PROBE, cache_write_tokens=PROBE),
        )
    )
    return InputPrices(fresh, read, creation)
