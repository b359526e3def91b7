"""The small line in a tile: an SVG that is used as a mask, so it takes the theme's accent without a redraw."""

from collections.abc import Sequence
from urllib.parse import quote

WIDTH, HEIGHT, PADDING = 200, 36, 2
MAX_POINTS = 60
DASHED = ' stroke-dasharray="3 3"'

#: None = not known, which is never drawn as zero.
Values = Sequence[float | None]
Point = tuple[float, float]


def sparkline(values: Values, *, provisional: bool = False) -> str:
    """The values as the data URI of a line over a pale area, dashed to a last value that may still grow."""
    settled = values[:-1] if provisional else values
    # Means of neighbouring days, so a year is as light as a month.
    size = -(-len(settled) // MAX_POINTS) or 1
    groups = (settled[start : start + size] for start in range(0, len(settled), size))
    known = ([value for value in group if value is not None] for group in groups)
    means = [sum(group) / len(group) if group else None for group in known]
    shown = [*means, *(values[-1:] if provisional else ())]
    points = _points(shown)
    line = [point for point in points[: len(shown) - provisional] if point]
    dashes = [point for point in (*(line[-1:] or points[:1]), points[-1]) if point] if provisional else []
    area = [(line[0][0], HEIGHT), *line, (line[-1][0], HEIGHT)] if line else []
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="{_text(area)}" fill-opacity=".1"/>'
        f"{_polyline(line)}{_polyline(dashes, DASHED)}</svg>"
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _points(values: Values) -> list[Point | None]:
    """Where each value is; a single one is drawn over the whole width."""
    most = max((value for value in values if value is not None), default=0) or 1
    room = HEIGHT - 2 * PADDING
    shown = values if len(values) > 1 else [*values, *values]
    step = WIDTH / max(len(shown) - 1, 1)
    return [
        None if value is None else (index * step, HEIGHT - PADDING - room * value / most)
        for index, value in enumerate(shown)
    ]


def _polyline(points: Sequence[Point], dashed: str = "") -> str:
    return (
        f'<polyline points="{_text(points)}" fill="none" stroke="#000" stroke-width="1.6"'
        f' stroke-linejoin="round" vector-effect="non-scaling-stroke"{dashed}/>'
    )


def _text(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
