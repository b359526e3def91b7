"""List prices of tokens, computed when an upload is persisted; an unknown model has no price, never 0."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

from genai_prices import Usage
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import ModelInfo, Provider, TieredPrices

PRICE_VERSION = f"genai-prices {version('genai-prices')}"
# Limits of model names, which clients choose: priced per upload, and cached per process.
MAX_MODELS = 100
MAX_CACHED = 4096


class Tokens(NamedTuple):
    """The four buckets of one response, or of many of one tier."""

    fresh: int
    out: int
    cache_read: int
    cache_creation: int

    @property
    def prompt(self) -> int:
        """Everything the model read."""
        return self.fresh + self.cache_read + self.cache_creation


def model_costs(responses: Iterable[tuple[str, Tokens]], day: date) -> dict[str, Decimal]:
    """US dollars by model, from single responses; models without a known price are left out."""
    costs: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (model, tier), tokens in _by_tier(responses, day).items():
        listing = _listing(model)
        if listing is not None:
            costs[model] += _cost(listing, tokens, day, tier)
    return dict(costs)


def _by_tier(responses: Iterable[tuple[str, Tokens]], day: date) -> dict[tuple[str, int], Tokens]:
    """Token sums by model and price tier, so that a hundred thousand responses are priced like a few."""
    tiers: dict[str, tuple[int, ...]] = {}
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for model, tokens in responses:
        if model not in tiers:
            listing = _listing(model)
            tiers[model] = () if listing is None else _tiers(listing, day)
        starts = tiers[model]
        buckets = sums[model, bisect_left(starts, tokens.prompt) if starts else 0]
        for place, count in enumerate(tokens):
            buckets[place] += count
    return {key: Tokens(*buckets) for key, buckets in sums.items()}


def linear_cost(model: str, tokens: Tokens, day: date) -> Decimal | None:
    """US dollars at the price of short prompts, for sums whose responses are unknown; None without a price."""
    listing = _listing(model)
    return None if listing is None else _cost(listing, tokens, day, 0)


@dataclass(frozen=True, eq=False)
class _Listing:
    """One line of the price list; any number of model names may resolve to it."""

    provider: Provider
    model: ModelInfo


_listings: dict[tuple[str, str], _Listing] = {}


@lru_cache(maxsize=MAX_CACHED)
def _listing(name: str) -> _Listing | None:
    # A new snapshot for this one lookup: the shared one caches every name it was ever asked for.
    prices = DataSnapshot(providers=get_snapshot().providers, from_auto_update=False)
    try:
        provider, model = prices.find_provider_model(name, None, None, None)
    except LookupError:
        return None
    return _listings.setdefault((provider.id, model.id), _Listing(provider, model))


def _cost(listing: _Listing, tokens: Tokens, day: date, tier: int) -> Decimal:
    prices = _unit_prices(listing, day, tier)
    return sum((count * price for count, price in zip(tokens, prices, strict=True)), Decimal())


@lru_cache(maxsize=MAX_CACHED)
def _tiers(listing: _Listing, day: date) -> tuple[int, ...]:
    """Prompt lengths in tokens above which the price changes, ascending; most models have none."""
    prices = vars(listing.model.get_prices(_moment(day))).values()
    return tuple(
        sorted({tier.start for price in prices if isinstance(price, TieredPrices) for tier in price.tiers})
    )


@lru_cache(maxsize=MAX_CACHED)
def _unit_prices(listing: _Listing, day: date, tier: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """US dollars per token of each bucket; prices are linear within a tier, and tier 0 is that of short prompts."""
    shorter = _tiers(listing, day)[tier - 1] if tier else 0
    plain = _price(listing, Tokens(shorter + 1, 0, 0, 0), day)
    fresh = plain / (shorter + 1)
    out = _price(listing, Tokens(shorter + 1, 1, 0, 0), day) - plain
    # One token only, so that the prompt stays in its tier even if that is short.
    read, creation = (
        _price(listing, probe, day) - shorter * fresh
        for probe in (Tokens(shorter, 0, 1, 0), Tokens(shorter, 0, 0, 1))
    )
    return fresh, out, read, creation


def _price(listing: _Listing, tokens: Tokens, day: date) -> Decimal:
    usage = Usage(
        input_tokens=tokens.prompt,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_creation,
        output_tokens=tokens.out,
    )
    return listing.model.calc_price(
        usage, listing.provider, genai_request_timestamp=_moment(day), auto_update_timestamp=None
    ).total_price


def _moment(day: date) -> datetime:
    """Noon UTC, which lies within the day of every time zone; prices change by the day."""
    return datetime.combine(day, time(12), UTC)
