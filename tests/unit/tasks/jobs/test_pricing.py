"""Prices: right to the digit on known records, absent where unknown."""

from datetime import date
from decimal import Decimal

import pytest
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from tasks.jobs import pricing
from tasks.jobs.pricing import Tokens, linear_cost, model_costs

DAY = date(2026, 6, 1)
#: With tiers from 100,000, 128,000, 200,000 and 272,000 tokens on, and without any.
MODELS = [
    "gemini-1.5-pro",
    "claude-haiku-5-5",
    "claude-sonnet-4-5",
    "gpt-5.6-sol",
    "claude-opus-4-8",
    "gpt-5",
]
#: Many a prompt ends where a tier begins, or a token beside it.
EDGES = [edge + beside for edge in (0, 100_000, 128_000, 200_000, 272_000) for beside in (0, 1, 2)]
BUCKET = st.sampled_from(EDGES) | st.integers(0, 10**9)
RESPONSES = st.lists(st.tuples(st.sampled_from(MODELS), st.builds(Tokens, BUCKET, BUCKET, BUCKET, BUCKET)))


def response_cost(model: str, tokens: Tokens) -> Decimal | None:
    """What one response alone costs."""
    return model_costs([(model, tokens)], DAY).get(model)


def test_a_known_model_has_its_list_price() -> None:
    assert response_cost("claude-opus-4-8", Tokens(1000, 100, 2000, 500)) == Decimal("0.011625")


@pytest.mark.parametrize("model", ["", "<synthetic>", "local-coder", "x" * 200])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert response_cost(model, Tokens(1000, 100, 0, 0)) is None


def test_models_without_a_price_are_left_out_never_zero() -> None:
    costs = model_costs(
        [("local-coder", Tokens(10, 10, 0, 0)), ("claude-opus-4-8", Tokens(10, 10, 0, 0))], DAY
    )

    assert list(costs) == ["claude-opus-4-8"]


def test_a_long_prompt_costs_its_tier() -> None:
    long = Tokens(100_000, 10_000, 200_000, 50_000)

    assert response_cost("claude-sonnet-4-5-20250929", long) > linear_cost(
        "claude-sonnet-4-5-20250929", long, DAY
    )


def test_without_tiers_the_price_of_a_long_prompt_is_linear() -> None:
    long = Tokens(5, 300, 900_000, 40_000)

    assert response_cost("claude-opus-4-8", long) == linear_cost("claude-opus-4-8", long, DAY)


@pytest.mark.parametrize(
    "model", ["claude-opus-4-8", "gpt-5", "gpt-5.5", "gemini-2.5-pro", "claude-sonnet-4-5"]
)
def test_below_the_tiers_the_price_is_linear(model: str) -> None:
    just_below = Tokens(128_000 - 2000, 500, 1500, 400)
    just_above = Tokens(128_000 - 1900, 500, 1500, 401)

    difference = response_cost(model, just_above) - response_cost(model, just_below)

    assert Decimal(0) < difference < Decimal("0.01")


def test_the_cache_of_model_names_is_limited() -> None:
    for number in range(300):
        linear_cost(f"claude-haiku-4-5-{number}", Tokens(1, 1, 0, 0), DAY)
        linear_cost(f"nothing-{number}", Tokens(1, 1, 0, 0), DAY)

    assert _remembered(get_snapshot()) < 300
    assert pricing._listing.cache_info().maxsize == pricing.MAX_CACHED


def _remembered(prices: DataSnapshot) -> int:
    return sum(len(kept) for kept in vars(prices).values() if isinstance(kept, dict | set))


def test_another_name_of_a_model_reuses_its_prices() -> None:
    linear_cost("claude-haiku-4-5-1", Tokens(1, 1, 0, 0), DAY)
    before = pricing._unit_prices.cache_info().misses

    linear_cost("claude-haiku-4-5-2", Tokens(1, 1, 0, 0), DAY)

    assert pricing._unit_prices.cache_info().misses == before


@given(RESPONSES)
def test_many_responses_cost_exactly_the_sum_of_each(
    responses: list[tuple[str, Tokens]],
) -> None:
    one_by_one: dict[str, Decimal] = {}
    for model, tokens in responses:
        listing = pricing._listing(model)
        if listing is not None:
            one_by_one[model] = one_by_one.get(model, Decimal()) + pricing._price(listing, tokens, DAY)

    assert model_costs(responses, DAY) == one_by_one


@pytest.mark.parametrize("model", MODELS)
def test_the_models_of_these_tests_have_prices(model: str) -> None:
    assert response_cost(model, Tokens(1, 1, 1, 1))


def test_many_long_prompts_need_as_few_price_lookups_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Tokens] = []
    price = pricing._price
    monkeypatch.setattr(
        pricing, "_price", lambda listing, tokens, day: asked.append(tokens) or price(listing, tokens, day)
    )
    pricing._unit_prices.cache_clear()

    model_costs([("claude-sonnet-4-5", Tokens(200_001 + extra, 1, 0, 0)) for extra in range(1000)], DAY)

    assert len(asked) == 4


@pytest.mark.parametrize("model", MODELS)
def test_a_tier_starts_one_token_above_its_bound(model: str) -> None:
    listing = pricing._listing(model)
    prompts = [Tokens(edge, 1, 0, 0) for edge in EDGES]

    assert listing
    assert [response_cost(model, prompt) for prompt in prompts] == [
        pricing._price(listing, prompt, DAY) for prompt in prompts
    ]
