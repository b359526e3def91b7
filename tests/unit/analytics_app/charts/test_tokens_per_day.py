"""Layers of models, most used first, with today marked as unfinished."""

from datetime import date, timedelta

import plotly.graph_objects as go

from analytics_app.charts.stacked_days import Layer, layers, stacked_days
from analytics_app.charts.theme import DARK, LIGHT, ChartStyle
from analytics_app.charts.tokens_per_day import stacks, tokens_drawing
from db.usage.usage_records import ModelDay


def tokens_per_day(
    layers: list[Layer], days: list[date], today: date, *, places: dict[str, int], look: ChartStyle
) -> go.Figure:
    return go.Figure(stacked_days(layers, days, today, tokens_drawing(places, "not reported", look)))


def used(model: str, day: date, tokens: int) -> ModelDay:
    return ModelDay(stat_date=day, model=model, tokens_in=tokens - 1, tokens_out=1)


def test_layers_are_ordered_by_tokens_and_have_a_value_for_every_day(today: date) -> None:
    yesterday = today - timedelta(days=1)
    rows = [used("haiku", yesterday, 10), used("opus", today, 30), used("opus", yesterday, 5)]
    assert stacks(rows, [yesterday, today]) == [Layer("opus", (5, 30)), Layer("haiku", (10, 0))]


def test_models_beyond_the_limit_are_one_layer_and_nothing_is_lost(today: date) -> None:
    rows = [used(f"model-{number}", today, 100 - number) for number in range(9)]
    layers = stacks(rows, [today])
    assert [layer.name for layer in layers][-2:] == ["model-5", None]
    assert sum(layer.values[0] for layer in layers) == sum(100 - number for number in range(9))


def test_what_comes_without_a_name_is_among_the_rest_however_much_it_is(today: date) -> None:
    found = layers([(today, "shop", 5), (today, None, 100), (today, "docs", 7)], [today], limit=1)
    assert found == [Layer("docs", (7,)), Layer(None, (105,))]


def test_only_today_is_hatched(today: date, look: ChartStyle) -> None:
    days = [today - timedelta(days=1), today]
    figure = tokens_per_day([Layer("opus", (3, 4))], days, today, places={"opus": 0}, look=look)
    assert list(figure.data[0].marker.pattern.shape) == ["", "/"]


def test_the_hover_says_exact_numbers(today: date, look: ChartStyle) -> None:
    figure = tokens_per_day([Layer("opus", (1_234_567,))], [today], today, places={"opus": 0}, look=look)
    assert figure.data[0].customdata == ("1,234,567 tokens",)
    assert figure.data[0].x == ("Sun, Nov 22, 2026 · 1,234,567 tokens so far",)


def test_the_category_decides_the_colour_and_the_rest_is_grey(today: date, look: ChartStyle) -> None:
    layers = [Layer("opus", (2,)), Layer(None, (1,))]
    figure = tokens_per_day(layers, [today], today, places={"opus": 3}, look=look)
    assert [bar.marker.color for bar in figure.data] == [LIGHT.categories[3], LIGHT.others]


def test_the_dark_page_has_its_own_colours(today: date, look: ChartStyle) -> None:
    dark = ChartStyle(DARK, look.language)
    figure = tokens_per_day([Layer("opus", (2,))], [today], today, places={"opus": 0}, look=dark)
    assert figure.data[0].marker.color == DARK.categories[0]


def test_a_model_called_markup_is_shown_as_text(today: date, look: ChartStyle) -> None:
    figure = tokens_per_day([Layer("<b>x</b>", (1,))], [today], today, places={}, look=look)
    assert figure.data[0].name == "&lt;b&gt;x&lt;/b&gt;"


def test_a_period_without_sessions_can_be_drawn(today: date, look: ChartStyle) -> None:
    assert len(tokens_per_day([], [today], today, places={}, look=look).data) == 0
