"""A project's cost is known, known in part, or unknown; never zero for tokens without a price."""

from decimal import Decimal

import pytest

from analytics_app.components.listings import cost
from analytics_app.i18n.languages import Language


@pytest.mark.parametrize(
    ("known", "unpriced", "lang"),
    [
        (Decimal("12.5"), 0, "$12.50"),
        (Decimal("12.5"), 7, "$12.50 +"),
        (None, 7, "unknown"),
        (None, 0, "$0.00"),
    ],
)
def test_a_cost_says_how_much_of_it_is_known(
    known: Decimal | None, unpriced: int, lang: str, english: Language
) -> None:
    shown = cost(known, unpriced, english).children
    assert lang == (shown if isinstance(shown, str) else f"{shown[0]} {shown[1].children}")
