"""Tokens over the time of one session: from its stored steps to stacked bars."""

from collections.abc import Sequence

from analytics_app.charts.axes import token_ticks
from analytics_app.charts.drawing import HOVER, Figure, figure
from analytics_app.charts.theme import Look

Steps = Sequence[Sequence[int | None]]
MOST_TICKS = 7
#: Hours, minutes and seconds take more room; a phone holds so many beside each other.
MOST_LONG_TICKS = 5


def session_course(steps: Steps, look: Look) -> Figure:
    """Fresh input below, output above, a bar a step; what came from the cache is said on hover."""
    said = look.language
    names = [_moment(step, place, look) for place, step in enumerate(steps, start=1)]
    bars = [
        {
            "type": "bar",
            "x": names,
            "y": [step[place] or None for step in steps],
            "name": name,
            "customdata": [
                said.text("{tokens} tokens", tokens=said.number(step[place] or 0)) for step in steps
            ],
            "hovertemplate": HOVER,
            "marker": {"color": look.palette.categories[(0, 4)[place - 1]], "line": {"width": 0}},
        }
        for place, name in ((1, said.text("in")), (2, said.text("out")))
    ]
    return figure(
        bars,
        look,
        xaxis={"type": "category", **_ticks(steps, names, look)},
        yaxis={"rangemode": "tozero", **token_ticks(max(map(_tokens, steps), default=0), said)},
        barmode="stack",
        bargap=0.2,
    )


def _tokens(step: Sequence[int | None]) -> int:
    return (step[1] or 0) + (step[2] or 0)


def _moment(step: Sequence[int | None], place: int, look: Look) -> str:
    """The head line of a bar's hover; unlike every other bar's."""
    said = look.language
    cached = said.text("{tokens} from the cache", tokens=said.compact(step[3] or 0))
    if step[0] is None:
        return said.text("Step {number} · {cached}", number=place, cached=cached)
    return said.text(
        "Step {number} · after {time} · {cached}", number=place, time=clock(step[0]), cached=cached
    )


def clock(seconds: int) -> str:
    """Minutes and seconds since the start, with hours once there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _ticks(steps: Steps, names: Sequence[str], look: Look) -> dict[str, object]:
    hours = any(step[0] is not None and step[0] >= 3600 for step in steps)
    every = -(-len(steps) // (MOST_LONG_TICKS if hours else MOST_TICKS)) or 1
    chosen = range(0, len(steps), every)
    return {
        "tickmode": "array",
        "tickvals": [names[place] for place in chosen],
        "ticktext": [_tick(steps[place], place + 1, look) for place in chosen],
        "tickangle": 0,
    }


def _tick(step: Sequence[int | None], place: int, look: Look) -> str:
    return look.language.number(place) if step[0] is None else clock(step[0])
