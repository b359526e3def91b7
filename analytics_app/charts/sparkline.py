"""The small line in a card: an SVG that is used as a mask, so it takes the theme's accent without a redraw."""

from collections.abc import Sequence
from urllib.parse import quote

WIDTH, HEIGHT, PADDING = 200, 36, 2
MAX_POINTS = 60
DASHED = ' stroke-dasharray="3 3"'

#: None = not known, which is never drawn as nought.
Values = Sequence[float | None]
Point = tuple[float, float]


def sparkline(values: Values, *, provisional: bool = False) -> str:
    """The course of the values as a data URI: a line over a pale area, dashed to a last value that may still grow."""
    settled = values[:-1] if provisional else values
    shown = [*_thinned(settled), *(values[-1:] if provisional else ())]
    places = _places(shown)
    line = [place for place in places[: len(shown) - provisional] if place]
    dashes = [place for place in (*(line[-1:] or places[:1]), places[-1]) if place] if provisional else []
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="{_text(_area(line))}" fill-opacity=".1"/>'
        f"{_polyline(line)}{_polyline(dashes, DASHED)}</svg>"
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _thinned(values: Values) -> list[float | None]:
    """Means of neighbouring days, so a year is as light as a month."""
    size = -(-len(values) // MAX_POINTS) or 1
    return [_mean(values[start : start + size]) for start in range(0, len(values), size)]


def _mean(values: Values) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _places(values: Values) -> list[Point | None]:
    """Where each value is; one alone stands for the whole width."""
    most = max((value for value in values if value is not None), default=0) or 1
    room = HEIGHT - 2 * PADDING
    shown = values if len(values) > 1 else [*values, *values]
    step = WIDTH / max(len(shown) - 1, 1)
    return [
        None if value is None else (index * step, HEIGHT - PADDING - room * value / most)
        for index, value in enumerate(shown)
    ]


def _area(line: Sequence[Point]) -> list[Point]:
    return [(line[0][0], HEIGHT), *line, (line[-1][0], HEIGHT)] if line else []


def _polyline(points: Sequence[Point], dashed: str = "") -> str:
    return (
        f'<polyline points="{_text(points)}" fill="none" stroke="#000" stroke-width="1.6"'
        f' stroke-linejoin="round" vector-effect="non-scaling-stroke"{dashed}/>'
    )


def _text(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
