"""Calls of a tool by outcome: three layers that add up to all calls."""

from datetime import date, timedelta

import plotly.graph_objects as go

from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.tool_calls import ToolCalls, filled
from db.usage.breakdown_records import CallDay


def called(day: date) -> CallDay:
    return CallDay(stat_date=day, call_count=12, success_count=7, error_count=2, unreported_count=3)


def test_a_day_without_a_call_counts_zero(today: date) -> None:
    days = [today - timedelta(days=1), today]
    assert [calls.call_count for calls in filled([called(today)], days)] == [0, 12]


def test_the_layers_add_up_to_all_calls(today: date, style: ChartStyle) -> None:
    figure = go.Figure(ToolCalls([called(today)], [today], today).figure(style))
    assert [layer.y[0] for layer in figure.data] == [7, 2, 3]


def test_the_hover_says_what_a_layer_counts(today: date, style: ChartStyle) -> None:
    figure = go.Figure(ToolCalls([called(today)], [today], today).figure(style))
    assert [layer.customdata[0] for layer in figure.data] == ["7 calls", "2 calls", "3 calls"]


def test_only_today_is_hatched(today: date, style: ChartStyle) -> None:
    days = [today - timedelta(days=1), today]
    figure = go.Figure(ToolCalls([called(day) for day in days], days, today).figure(style))
    assert [list(layer.marker.pattern.shape) for layer in figure.data] == [["", "/"]] * 3
