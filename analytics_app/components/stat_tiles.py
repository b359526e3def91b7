"""The cards at the top of a page: a number, its change against the period before, and its course."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dash import html

from analytics_app.charts.sparkline import sparkline
from analytics_app.i18n.languages import Language

Direction = Literal["more", "less", "same"]
#: From here on a percentage says nothing any more.
TENFOLD = 9.0
ARROWS: dict[Direction, str] = {"more": "▲", "less": "▼", "same": "="}


@dataclass(frozen=True)
class Change:
    """How a number moved against the period before; no share where there was nothing before."""

    direction: Direction
    share: float | None


@dataclass(frozen=True)
class Card:
    """What one card says."""

    title: str
    value: str
    beside: str
    #: None: there is nothing that it could be compared with.
    change: Change | None
    before: str
    #: Day by day; None = not known.
    series: Sequence[float | None]
    #: What is compared where the value holds a day that is still going, the last of the course.
    full: str = ""
    #: Is more of it welcome? Colours only support the arrow and the word.
    more_is_good: bool = True
    note: str = ""
    #: Takes two places in the grid, for there is more to say.
    wide: bool = False


def change(now: float, before: float) -> Change:
    """Compare two periods; less than half a per cent is the same."""
    if not before:
        return Change("more" if now else "same", None)
    share = (now - before) / before
    if abs(share) < 0.005:
        return Change("same", 0.0)
    return Change("more" if share > 0 else "less", abs(share))


def change_text(change: Change | None, language: Language) -> str:
    """The change in words: 12 % more."""
    match change:
        case None:
            return language.text("not comparable")
        case Change("same", _):
            return language.text("same as before")
        case Change("more", None):
            return language.text("none before")
        case Change("more", float(share)) if share >= TENFOLD:
            return language.text("over tenfold")
        case Change("more", float(share)):
            return language.text("{share} more", share=language.percent(share))
        case Change(_, share):
            return language.text("{share} less", share=language.percent(share or 0.0))


def arrow(change: Change) -> str:
    """Up, down or the same; nothing where there was nothing to come from."""
    return "" if change.share is None and change.direction == "more" else ARROWS[change.direction]


def shown(card: Card, language: Language) -> html.Article:
    """The card on the page."""
    return html.Article(
        [
            html.H2(card.title, className="card-title"),
            html.P(
                [html.Strong(card.value), html.Span(card.beside, className="beside")]
                if card.beside
                else html.Strong(card.value),
                className="card-value",
            ),
            html.P(_change_line(card, language), className="card-change", title=_compared(card, language)),
            html.P(card.note, className="card-note") if card.note else None,
            html.Div(
                className="spark",
                role="img",
                title=language.text("{title} day by day", title=card.title),
                # A mask takes the theme's colour at once; an image or a chart would have to be drawn anew.
                style={"maskImage": f'url("{sparkline(card.series, provisional=bool(card.full))}")'},
            ),
        ],
        className="tile wide" if card.wide else "tile",
    )


def _change_line(card: Card, language: Language) -> list[html.Span]:
    lang = change_text(card.change, language)
    if card.change is None:
        return [html.Span(lang, className="mood")]
    sign = arrow(card.change)
    words = [html.Span([html.Span(sign), " ", lang] if sign else lang, className=_mood(card))]
    if card.change.share:
        words.append(html.Span(_compared(card, language), className="dim"))
    return words


def _compared(card: Card, language: Language) -> str:
    """The figure before; both where the value is neither of them. Small cards have no room for it but on hover."""
    if not card.change or not card.change.share:
        return ""
    if card.full:
        return f"{card.before} → {card.full}"
    return language.text("vs {before}", before=card.before)


def _mood(card: Card) -> str:
    """Good or worth a look; nothing where there is nothing to compare."""
    if card.change is None or not card.change.share:
        return "mood"
    good = (card.change.direction == "more") == card.more_is_good
    return "mood mood-good" if good else "mood mood-look"


def skeleton(count: int) -> list[html.Div]:
    """Cards before their numbers have come, in their final size."""
    return [html.Div(className="tile skeleton") for _ in range(count)]
