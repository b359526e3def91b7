"""The tiles at the top of a page: a number, what it means, and where it is known, its change and its days as a line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from dash import html

from analytics_app.charts.sparkline import sparkline
from analytics_app.i18n.languages import Language

Direction = Literal["more", "less", "same"]
Sums = TypeVar("Sums")
#: Calls and tokens, a cost, or a share; None = not known.
Amount = float | Decimal | None
#: From this change on, a percentage tells nothing more.
TENFOLD = 9.0
ARROWS: dict[Direction, str] = {"more": "▲", "less": "▼", "same": "="}


@dataclass(frozen=True)
class Change:
    """How a number moved against the period before; no share where there was nothing before."""

    direction: Direction
    share: float | None


@dataclass(frozen=True)
class StatTile:
    """One number of a page; with a series it is large, and has its change and its days as a line."""

    title: str
    value: str
    #: A text, or a component.
    note: Any = ""
    beside: str = ""
    #: None: there is nothing that it could be compared with.
    change: Change | None = None
    before: str = ""
    #: Day by day; None = not known.
    series: Sequence[float | None] | None = None
    #: What is compared where the value includes today, which is not over; the last of the series.
    full: str = ""
    #: Is more of it welcome? Colours only support the arrow and the word.
    more_is_good: bool = True
    #: Takes two places in the grid.
    wide: bool = False


@dataclass(frozen=True)
class PeriodComparison(Generic[Sums]):
    """A period day by day, its sums, and those of its full days and of as many of the period before."""

    days: Sequence[Sums]
    now: Sums
    full: Sums
    before: Sums
    #: How many days are over: today would make every change read lower each morning.
    full_days: int

    def change(self, measure: Callable[[Sums], Amount]) -> Change | None:
        """Compare full days with full days; None where one side is not known."""
        now, before = measure(self.full), measure(self.before)
        if not self.full_days or now is None or before is None:
            return None
        return change(float(now), float(before))

    def tile(
        self, title: str, measure: Callable[[Sums], Amount], say: Callable[[Sums], str], **more: Any
    ) -> StatTile:
        """The tile of one measure; `more` are further fields of the tile."""
        series = [None if (value := measure(day)) is None else float(value) for day in self.days]
        tile = StatTile(
            title,
            say(self.now),
            change=self.change(measure),
            before=say(self.before),
            series=series,
            full=say(self.full) if self.full_days < len(self.days) else "",
        )
        return replace(tile, **more)


def change(now: float, before: float) -> Change:
    """Compare two periods; less than half a per cent is the same."""
    if not before:
        return Change("more" if now else "same", None)
    share = (now - before) / before
    if abs(share) < 0.005:
        return Change("same", 0.0)
    return Change("more" if share > 0 else "less", abs(share))


def change_text(change: Change | None, lang: Language) -> str:
    """The change as text: 12 % more."""
    match change:
        case None:
            return lang.text("not comparable")
        case Change("same", _):
            return lang.text("same as before")
        case Change("more", None):
            return lang.text("none before")
        case Change("more", float(share)) if share >= TENFOLD:
            return lang.text("over tenfold")
        case Change("more", float(share)):
            return lang.text("{share} more", share=lang.percent(share))
        case Change(_, share):
            return lang.text("{share} less", share=lang.percent(share or 0.0))


def arrow(change: Change) -> str:
    """Up, down or the same; "" where there was nothing before."""
    return "" if change.share is None and change.direction == "more" else ARROWS[change.direction]


def tiles(shown: Sequence[StatTile], lang: Language) -> list[html.Article]:
    """The tiles on the page."""
    return [_large(tile, lang) if tile.series is not None else _small(tile) for tile in shown]


def skeleton(page: str, count: int, *, columns: str = "", kind: str = "") -> html.Div:
    """The tiles of a page before their numbers have come, in their final size; `kind` is "fact" for small ones."""
    blank = [html.Div(className=f"tile {kind} skeleton") for _ in range(count)]
    return html.Div(blank, id=f"{page}-tiles", className=f"tiles {columns}".strip())


def _small(tile: StatTile) -> html.Article:
    return html.Article(
        [
            html.H2(tile.title, className="card-title"),
            html.P(html.Strong(tile.value), className="card-value"),
            html.P(tile.note, className="card-note"),
        ],
        className="tile fact",
    )


def _large(tile: StatTile, lang: Language) -> html.Article:
    compared = _compared(tile, lang)
    # A mask takes the theme's colour at once; an image or a chart would have to be drawn anew.
    mask = f'url("{sparkline(tile.series or (), provisional=bool(tile.full))}")'
    beside = html.Span(tile.beside, className="beside") if tile.beside else None
    return html.Article(
        [
            html.H2(tile.title, className="card-title"),
            html.P([html.Strong(tile.value), beside], className="card-value"),
            html.P(_change_line(tile, compared, lang), className="card-change", title=compared),
            html.P(tile.note, className="card-note") if tile.note else None,
            html.Div(
                className="spark",
                role="img",
                title=lang.text("{title} day by day", title=tile.title),
                style={"maskImage": mask},
            ),
        ],
        className="tile wide" if tile.wide else "tile",
    )


def _change_line(tile: StatTile, compared: str, lang: Language) -> list[html.Span | None]:
    """Coloured only where there is something to compare, by whether the change is welcome."""
    text, mood = change_text(tile.change, lang), "mood"
    if tile.change and tile.change.share:
        welcome = (tile.change.direction == "more") == tile.more_is_good
        mood = "mood mood-good" if welcome else "mood mood-look"
    sign = arrow(tile.change) if tile.change else ""
    return [
        html.Span([html.Span(sign), " ", text] if sign else text, className=mood),
        html.Span(compared, className="dim") if compared else None,
    ]


def _compared(tile: StatTile, lang: Language) -> str:
    """The value before; both values where the tile shows neither of them."""
    if not tile.change or not tile.change.share:
        return ""
    if tile.full:
        return f"{tile.before} → {tile.full}"
    return lang.text("vs {before}", before=tile.before)
