"""Tokens per day, stacked by model: from the rows of daily model usage to the bars of the Team page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from analytics_app.figures.axes import day_ticks, token_ticks
from analytics_app.theme import Look, label, template
from db.records import ModelDay

SHOWN_MODELS = 6


@dataclass(frozen=True)
class Stack:
    """One layer of the bars; no model = all that are too small to be shown alone."""

    model: str | None
    tokens: tuple[int, ...]


def stacks(rows: Iterable[ModelDay], days: Sequence[date], limit: int = SHOWN_MODELS) -> list[Stack]:
    """The models with most tokens as a layer each, most first, and the rest together."""
    by_model: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        by_model[row.model][row.stat_date] += row.tokens_in + row.tokens_out
    ranked = sorted(by_model, key=lambda model: (-sum(by_model[model].values()), model))
    layers = [Stack(model, tuple(by_model[model].get(day, 0) for day in days)) for model in ranked[:limit]]
    rest = [by_model[model] for model in ranked[limit:]]
    if rest:
        layers.append(Stack(None, tuple(sum(model.get(day, 0) for model in rest) for day in days)))
    return layers


def model_name(model: str | None, look: Look) -> str:
    """What a layer is called in the legend, the hover and the table."""
    if model is None:
        return look.language.text("others")
    return model or look.language.text("not reported")


def colour(model: str | None, places: Mapping[str, int], look: Look) -> str:
    """The same colour for a model on every page; grey for the rest."""
    if model is None:
        return look.palette.others
    return look.palette.categories[places.get(model, 0)]


def tokens_per_day(
    layers: Sequence[Stack], days: Sequence[date], today: date, *, places: Mapping[str, int], look: Look
) -> go.Figure:
    """Bars by day, one layer a model; today is hatched, for it is not over."""
    totals = [sum(layer.tokens[index] for layer in layers) for index in range(len(days))]
    names = _bar_names(days, totals, today, look)
    figure = go.Figure(layout={"template": template(look.palette), "barmode": "stack", "bargap": _gap(days)})
    for layer in layers:
        figure.add_bar(
            x=names,
            y=[tokens or None for tokens in layer.tokens],
            name=label(model_name(layer.model, look)),
            # With its unit, or Plotly would take the text for a number again.
            customdata=[_exact(tokens, look) if tokens else "" for tokens in layer.tokens],
            hovertemplate="%{fullData.name}  <b>%{customdata}</b><extra></extra>",
            marker={
                "color": colour(layer.model, places, look),
                "line": {"width": 0},
                "pattern": {
                    "shape": ["/" if day == today else "" for day in days],
                    "fillmode": "overlay",
                    "fgcolor": look.palette.card,
                    "fgopacity": 0.75,
                    "size": 5,
                    "solidity": 0.35,
                },
            },
        )
    figure.update_xaxes(type="category", **day_ticks(days, names, look.language))
    figure.update_yaxes(rangemode="tozero", **token_ticks(max(totals, default=0), look.language))
    return figure


def _bar_names(days: Sequence[date], totals: Sequence[int], today: date, look: Look) -> list[str]:
    """The head line of each bar's hover: the day and its sum."""
    said = look.language
    names = [f"{said.full_day(day)} · {_exact(total, look)}" for day, total in zip(days, totals, strict=True)]
    return [
        said.text("{bar} so far", bar=name) if day == today else name
        for day, name in zip(days, names, strict=True)
    ]


def _exact(tokens: int, look: Look) -> str:
    return look.language.text("{tokens} tokens", tokens=look.language.number(tokens))


def _gap(days: Sequence[date]) -> float:
    return 0.24 if len(days) <= 120 else 0.05
