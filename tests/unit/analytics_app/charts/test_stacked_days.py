"""Layers of models, most used first, with today marked as unfinished."""

from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go

from analytics_app.charts.stacked_days import CostDays, Layer, TokenDays, layers
from analytics_app.charts.theme import DARK, LIGHT, ChartStyle
from analytics_app.i18n.languages import Language


def drawn(shown: list[Layer], days: list[date], style: ChartStyle) -> go.Figure:
    """The figure of these layers; the last day is today."""
    return go.Figure(TokenDays(shown, days, days[-1], "not reported").figure(style))


def test_layers_are_ordered_by_size_and_have_a_value_for_every_day(today: date) -> None:
    yesterday = today - timedelta(days=1)
    amounts = [(yesterday, "haiku", 10), (today, "opus", 30), (yesterday, "opus", 5)]
    assert layers(amounts, [yesterday, today]) == [Layer("opus", (5, 30)), Layer("haiku", (10, 0))]


def test_names_beyond_the_limit_are_one_layer_and_nothing_is_lost(today: date) -> None:
    found = layers([(today, f"model-{number}", 100 - number) for number in range(9)], [today])
    assert [layer.name for layer in found][-2:] == ["model-5", None]
    assert sum(layer.values[0] for layer in found) == sum(100 - number for number in range(9))


def test_what_comes_without_a_name_is_among_the_rest_however_much_it_is(today: date) -> None:
    found = layers([(today, "shop", 5), (today, None, 100), (today, "docs", 7)], [today], limit=1)
    assert found == [Layer("docs", (7,)), Layer(None, (105,))]


def test_only_today_is_hatched(today: date, style: ChartStyle) -> None:
    figure = drawn([Layer("opus", (3, 4))], [today - timedelta(days=1), today], style)
    assert list(figure.data[0].marker.pattern.shape) == ["", "/"]


def test_the_hover_says_exact_numbers(today: date, style: ChartStyle) -> None:
    figure = drawn([Layer("opus", (1_234_567,))], [today], style)
    assert figure.data[0].customdata == ("1,234,567 tokens",)
    assert figure.data[0].x == ("Sun, Nov 22, 2026 · 1,234,567 tokens so far",)


def test_the_family_decides_the_colour_and_the_rest_is_grey(today: date, style: ChartStyle) -> None:
    figure = drawn([Layer("gpt", (2,)), Layer(None, (1,))], [today], style)
    assert [bar.marker.color for bar in figure.data] == [LIGHT.categories[3], LIGHT.others]


def test_the_legend_has_the_colours_of_the_bars(today: date, style: ChartStyle) -> None:
    chart = TokenDays(
        [Layer("gpt", (2,)), Layer("", (2,)), Layer(None, (1,))], [today], today, "not reported"
    )
    legend = chart.legend(style)
    names = {"category-3": "gpt", "others": "others"}
    assert names.items() <= legend.swatches.items()
    assert "not reported" in legend.swatches.values()
    assert legend.note == "today is provisional"


def test_a_chart_without_layers_has_no_legend(today: date, style: ChartStyle) -> None:
    legend = TokenDays([], [today], today, "").legend(style)
    assert (legend.swatches, legend.note) == ({}, "")


def test_the_table_has_a_row_for_every_day_newest_first(today: date, english: Language) -> None:
    yesterday = today - timedelta(days=1)
    shown = [Layer("opus", (3, 4)), Layer(None, (1, 0))]
    table = TokenDays(shown, [yesterday, today], today, "not reported").table(english)
    assert table.columns == ("Day", "Tokens", "opus", "others")
    assert table.rows == ((today, 4, 4, 0), (yesterday, 4, 3, 1))


def test_a_model_without_a_price_is_in_the_table_but_draws_no_bar(today: date, style: ChartStyle) -> None:
    shown = [Layer("opus", (2.5,)), Layer("local", (0.0,))]
    chart = CostDays(shown, [today], today, "not reported", unpriced={today: 70})
    assert [bar["name"] for bar in chart.figure(style)["data"]] == ["opus"]
    assert list(chart.legend(style).swatches.values()) == ["opus"]
    assert chart.table(style.language).rows == ((today, Decimal("2.5"), 70, Decimal("2.5"), Decimal(0)),)


def test_the_dark_page_has_its_own_colours(today: date, style: ChartStyle) -> None:
    figure = drawn([Layer("opus", (2,))], [today], ChartStyle(DARK, style.language))
    assert figure.data[0].marker.color == DARK.categories[0]


def test_a_model_called_markup_is_shown_as_text(today: date, style: ChartStyle) -> None:
    figure = drawn([Layer("<b>x</b>", (1,))], [today], style)
    assert figure.data[0].name == "&lt;b&gt;x&lt;/b&gt;"


def test_a_period_without_sessions_can_be_drawn(today: date, style: ChartStyle) -> None:
    assert len(drawn([], [today], style).data) == 0
