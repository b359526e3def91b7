"""What tokens cost at list price, worked out when an upload is persisted; an unknown model has no price, never 0."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.metadata import version

from genai_prices import Usage, calc_price

PRICE_VERSION = f"genai-prices {version('genai-prices')}"
# Some models charge more for long prompts, the earliest from 128,000 tokens on; below that a price is a line.
LINEAR_UP_TO = 128_000
PROBE = 1_000


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
    if tokens.prompt > LINEAR_UP_TO and _has_tiers(model, day):
        return _price(model, tokens, day)
    return linear_cost(model, tokens, day)


def linear_cost(model: str, tokens: Tokens, day: date) -> Decimal | None:
    """US dollars at the price of short prompts: for sums whose single responses are not known."""
    unit = _unit_prices(model, day)
    if unit is None:
        return None
    fresh, out, read, creation = unit
    return (
        tokens.fresh * fresh + tokens.out * out + tokens.cache_read * read + tokens.cache_creation * creation
    )


@cache
def _unit_prices(model: str, day: date) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    probes = (Tokens(PROBE, 0, 0, 0), Tokens(0, PROBE, 0, 0), Tokens(0, 0, PROBE, 0), Tokens(0, 0, 0, PROBE))
    prices = [_price(model, probe, day) for probe in probes]
    fresh, out, read, creation = (price / PROBE if price is not None else None for price in prices)
    if fresh is None or out is None or read is None or creation is None:
        return None
    return fresh, out, read, creation


@cache
def _has_tiers(model: str, day: date) -> bool:
    """Does a long prompt of this model cost more than its tokens at the short price?"""
    long = [Tokens(size, PROBE, size, size) for size in (50_000, 100_000, 200_000, 400_000, 1_000_000)]
    return any(_price(model, probe, day) != linear_cost(model, probe, day) for probe in long)


def _price(model: str, tokens: Tokens, day: date) -> Decimal | None:
    usage = Usage(
        input_tokens=tokens.prompt,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_creation,
        output_tokens=tokens.out,
    )
    try:
        # Noon UTC: prices change by the day, and every zone's day holds that moment.
        moment = datetime.combine(day, time(12), UTC)
        return calc_price(usage, model, genai_request_timestamp=moment).total_price
    except LookupError:
        return None
