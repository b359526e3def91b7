"""Tokens per day in layers, by model or by project: from rows to what stacked_days draws."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from analytics_app.charts.axes import token_ticks
from analytics_app.charts.stacked_days import Drawing, Layer, layer_name, layers
from analytics_app.charts.theme import ChartStyle
from db.usage.usage_records import ModelDay


def stacks(rows: Iterable[ModelDay], days: Sequence[date]) -> list[Layer]:
    """The models with most tokens as a layer each, most first, and the rest together."""
    return layers(((row.stat_date, row.model, row.tokens_in + row.tokens_out) for row in rows), days)


def model_name(model: str | None, look: ChartStyle) -> str:
    """What a layer is called in the legend and the table."""
    return layer_name(model, look.language.text("not reported"), look)


def tokens_drawing(places: Mapping[str, int], nameless: str, look: ChartStyle) -> Drawing:
    """Tokens on the axis and, exactly, in the hover."""
    lang = look.language
    return Drawing(
        look=look,
        places=places,
        nameless=nameless,
        exact=lambda tokens: lang.text("{tokens} tokens", tokens=lang.number(round(tokens))),
        ticks=lambda most: token_ticks(round(most), lang),
    )
