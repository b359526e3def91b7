"""Tokens over the time of one session: from its stored steps to stacked bars."""

from collections.abc import Sequence

from analytics_app.charts.axes import token_ticks
from analytics_app.charts.drawing import HOVER, Figure, figure
from analytics_app.charts.theme import ChartStyle

Steps = Sequence[Sequence[int | None]]
MAX_TICKS = 7
#: Hours, minutes and seconds take more room; a phone holds so many beside each other.
MAX_LONG_TICKS = 5


def session_timeline(steps: Steps, look: ChartStyle) -> Figure:
    """Fresh input below, output above, a bar a step; what came from the cache is said on hover."""
    lang = look.language
    names = [_moment(step, place, look) for place, step in enumerate(steps, start=1)]
    bars = [
        {
            "type": "bar",
            "x": names,
            "y": [step[place] or None for step in steps],
            "name": name,
            "customdata": [
                lang.text("{tokens} tokens", tokens=lang.number(step[place] or 0)) for step in steps
            ],
            "hovertemplate": HOVER,
            "marker": {"color": look.palette.categories[(0, 4)[place - 1]], "line": {"width": 0}},
        }
        for place, name in ((1, lang.text("in")), (2, lang.text("out")))
    ]
    return figure(
        bars,
        look,
        xaxis={"type": "category", **_ticks(steps, names, look)},
        yaxis={"rangemode": "tozero", **token_ticks(max(map(_tokens, steps), default=0), lang)},
        barmode="stack",
        bargap=0.2,
    )


def _tokens(step: Sequence[int | None]) -> int:
    return (step[1] or 0) + (step[2] or 0)


def _moment(step: Sequence[int | None], place: int, look: ChartStyle) -> str:
    """The head line of a bar's hover; unlike every other bar's."""
    lang = look.language
    cached = lang.text("{tokens} from the cache", tokens=lang.compact(step[3] or 0))
    if step[0] is None:
        return lang.text("Step {number} · {cached}", number=place, cached=cached)
    return lang.text(
        "Step {number} · after {time} · {cached}", number=place, time=clock(step[0]), cached=cached
    )


def clock(seconds: int) -> str:
    """Minutes and seconds since the start, with hours once there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _ticks(steps: Steps, names: Sequence[str], look: ChartStyle) -> dict[str, object]:
    hours = any(step[0] is not None and step[0] >= 3600 for step in steps)
    every = -(-len(steps) // (MAX_LONG_TICKS if hours else MAX_TICKS)) or 1
    chosen = range(0, len(steps), every)
    return {
        "tickmode": "array",
        "tickvals": [names[place] for place in chosen],
        "ticktext": [_tick(steps[place], place + 1, look) for place in chosen],
        "tickangle": 0,
    }


def _tick(step: Sequence[int | None], place: int, look: ChartStyle) -> str:
    return look.language.number(place) if step[0] is None else clock(step[0])
