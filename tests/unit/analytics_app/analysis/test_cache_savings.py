"""What the cache saves: reading gains, writing costs, and a model without a price says nothing."""

from datetime import date
from decimal import Decimal

import pytest

from analytics_app.analysis.cache_savings import cache_savings, input_prices
from db.usage.breakdown_records import ModelFigures

DAY = date(2026, 6, 1)


def used(model: str, read: int, creation: int = 0) -> ModelFigures:
    return ModelFigures(
        stat_date=DAY,
        model=model,
        tokens_in=10,
        tokens_out=10,
        cache_read_tokens=read,
        cache_creation_tokens=creation,
        cost_usd=None,
        unpriced_tokens=0,
    )


def test_the_list_prices_of_a_known_model() -> None:
    prices = input_prices("claude-opus-4-8", DAY)
    assert prices is not None
    million = [price * 1_000_000 for price in (prices.fresh, prices.cache_read, prices.cache_creation)]
    assert million == [Decimal("5"), Decimal("0.5"), Decimal("6.25")]


def test_reading_from_the_cache_saves_and_writing_to_it_costs() -> None:
    assert cache_savings([used("claude-opus-4-8", 1_000_000, 1_000_000)]) == Decimal("4.5") - Decimal("1.25")


@pytest.mark.parametrize("model", ["", "local-coder"])
def test_a_model_without_a_price_is_left_out(model: str) -> None:
    assert input_prices(model, DAY) is None
    assert cache_savings([used(model, 1_000_000)]) is None
