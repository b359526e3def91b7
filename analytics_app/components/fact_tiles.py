"""Small tiles in a row: a title, a number and a line below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html


@dataclass(frozen=True)
class Fact:
    """What one tile says."""

    title: str
    value: str
    #: Words, or a component.
    note: Any = ""
    #: Colours the note; the note itself says what it means.
    mood: str = ""


def shown(facts: Sequence[Fact]) -> list[html.Article]:
    """The tiles."""
    return [
        html.Article(
            [
                html.H2(fact.title, className="card-title"),
                html.P(html.Strong(fact.value), className="card-value"),
                html.P(fact.note, className=f"card-note {fact.mood}"),
            ],
            className="tile fact",
        )
        for fact in facts
    ]


def skeleton(count: int) -> list[html.Div]:
    """The tiles before their numbers have come."""
    return [html.Div(className="tile fact skeleton") for _ in range(count)]
