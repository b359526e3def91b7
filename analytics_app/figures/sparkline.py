"""The small line in a card: an SVG that is used as a mask, so it takes the theme's accent without a redraw."""

from collections.abc import Sequence
from urllib.parse import quote

WIDTH, HEIGHT, PADDING = 200, 36, 2
MOST_POINTS = 60


def sparkline(values: Sequence[float]) -> str:
    """The course of the values as a data URI: a full line over a pale area."""
    points = _points(_thinned(values))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="{area}" fill-opacity=".1"/>'
        f'<polyline points="{line}" fill="none" stroke="#000" stroke-width="1.6" stroke-linejoin="round"'
        ' vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _thinned(values: Sequence[float]) -> list[float]:
    """Means of neighbouring days, so a year is as light as a month."""
    size = -(-len(values) // MOST_POINTS) or 1
    groups = [values[start : start + size] for start in range(0, len(values), size)]
    return [sum(group) / len(group) for group in groups] or [0.0]


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    most = max(*values, 0) or 1
    room = HEIGHT - 2 * PADDING
    step = WIDTH / max(len(values) - 1, 1)
    doubled = values if len(values) > 1 else [*values, *values]
    return [(index * step, HEIGHT - PADDING - room * value / most) for index, value in enumerate(doubled)]
