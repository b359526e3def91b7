"""What tokens cost at list price, worked out when an upload is persisted; an unknown model has no price, never 0."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version

from genai_prices import Usage
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import ModelInfo, Provider

PRICE_VERSION = f"genai-prices {version('genai-prices')}"
# Some models charge more for long prompts, the earliest from 128,000 tokens on; below that a price is a line.
LINEAR_UP_TO = 128_000
PROBE = 1_000
# So many models of one upload get a price, and so many names are remembered: they come from outside.
MOST_MODELS = 100
MOST_REMEMBERED = 4096


@dataclass(frozen=True)
class Tokens:
    """The four buckets of one response, or of many below the long-prompt tiers."""

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
    for model, tokens in responses:
        cost = response_cost(model, tokens, day)
        if cost is not None:
            costs[model] += cost
    return dict(costs)


def response_cost(model: str, tokens: Tokens, day: date) -> Decimal | None:
    """US dollars of one response on that day, with the long-prompt tiers; None = no known price."""
    listing = _listing(model)
    if listing is not None and tokens.prompt > LINEAR_UP_TO and _has_tiers(listing, day):
        return _price(listing, tokens, day)
    return linear_cost(model, tokens, day)


def linear_cost(model: str, tokens: Tokens, day: date) -> Decimal | None:
    """US dollars at the price of short prompts: for sums whose single responses are not known."""
    listing = _listing(model)
    return None if listing is None else _linear(listing, tokens, day)


@dataclass(frozen=True, eq=False)
class _Listing:
    """One line of the price list; as many names lead to it as people make up."""

    provider: Provider
    model: ModelInfo


_listings: dict[tuple[str, str], _Listing] = {}


@lru_cache(maxsize=MOST_REMEMBERED)
def _listing(name: str) -> _Listing | None:
    # A list in hand for this one name: the library's own remembers every name it was ever asked for.
    prices = DataSnapshot(providers=get_snapshot().providers, from_auto_update=False)
    try:
        provider, model = prices.find_provider_model(name, None, None, None)
    except LookupError:
        return None
    return _listings.setdefault((provider.id, model.id), _Listing(provider, model))


def _linear(listing: _Listing, tokens: Tokens, day: date) -> Decimal:
    fresh, out, read, creation = _unit_prices(listing, day)
    return (
        tokens.fresh * fresh + tokens.out * out + tokens.cache_read * read + tokens.cache_creation * creation
    )


@lru_cache(maxsize=MOST_REMEMBERED)
def _unit_prices(listing: _Listing, day: date) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    probes = (Tokens(PROBE, 0, 0, 0), Tokens(0, PROBE, 0, 0), Tokens(0, 0, PROBE, 0), Tokens(0, 0, 0, PROBE))
    fresh, out, read, creation = (_price(listing, probe, day) / PROBE for probe in probes)
    return fresh, out, read, creation


@lru_cache(maxsize=MOST_REMEMBERED)
def _has_tiers(listing: _Listing, day: date) -> bool:
    """Does a long prompt of this model cost more than its tokens at the short price?"""
    long = [Tokens(size, PROBE, size, size) for size in (50_000, 100_000, 200_000, 400_000, 1_000_000)]
    return any(_price(listing, probe, day) != _linear(listing, probe, day) for probe in long)


def _price(listing: _Listing, tokens: Tokens, day: date) -> Decimal:
    usage = Usage(
        input_tokens=tokens.prompt,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_creation,
        output_tokens=tokens.out,
    )
    # Noon UTC: prices change by the day, and every zone's day holds that moment.
    moment = datetime.combine(day, time(12), UTC)
    return listing.model.calc_price(
        usage, listing.provider, genai_request_timestamp=moment, auto_update_timestamp=None
    ).total_price
