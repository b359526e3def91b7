"""Tokens over the time of one session: its stored steps as stacked bars."""

from collections.abc import Sequence

from analytics_app.charts.axes import ticks, value_ticks
from analytics_app.charts.drawing import Figure, bars, figure
from analytics_app.charts.theme import ChartStyle
from analytics_app.i18n.languages import Language

#: Of each step: seconds since the start (None = not known), tokens in, tokens out, and tokens from the cache.
Steps = Sequence[Sequence[int | None]]
MAX_TICKS = 7
#: Hours, minutes and seconds take more room: a phone has room for so many.
MAX_LONG_TICKS = 5


def session_timeline(steps: Steps, style: ChartStyle) -> Figure:
    """Fresh input below, output above, a bar a step; the hover shows what came from the cache."""
    lang = style.language
    names = [_hover_title(step, number, lang) for number, step in enumerate(steps, start=1)]
    layers = (
        (1, lang.text("in"), style.palette.categories[0]),
        (2, lang.text("out"), style.palette.categories[4]),
    )
    traces = [
        bars(
            names,
            [step[field] or None for step in steps],
            name=name,
            texts=[lang.text("{tokens} tokens", tokens=lang.number(step[field] or 0)) for step in steps],
            colour=colour,
        )
        for field, name, colour in layers
    ]
    most = max(((step[1] or 0) + (step[2] or 0) for step in steps), default=0)
    return figure(
        traces,
        style,
        xaxis={"type": "category", **_ticks(steps, names, lang)},
        yaxis={"rangemode": "tozero", **value_ticks(most, lang.compact)},
        barmode="stack",
        bargap=0.2,
    )


def _hover_title(step: Sequence[int | None], number: int, lang: Language) -> str:
    """Starts with the number, so no two bars have the same."""
    cached = lang.text("{tokens} from the cache", tokens=lang.compact(step[3] or 0))
    if step[0] is None:
        return lang.text("Step {number} · {cached}", number=number, cached=cached)
    return lang.text(
        "Step {number} · after {time} · {cached}", number=number, time=clock(step[0]), cached=cached
    )


def clock(seconds: int) -> str:
    """Minutes and seconds since the start, with hours once there are any."""
    minutes, remainder = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{remainder:02d}" if hours else f"{minutes}:{remainder:02d}"


def _ticks(steps: Steps, names: Sequence[str], lang: Language) -> dict[str, object]:
    hours = any(step[0] is not None and step[0] >= 3600 for step in steps)
    every = -(-len(steps) // (MAX_LONG_TICKS if hours else MAX_TICKS)) or 1
    chosen = range(0, len(steps), every)
    texts = [
        lang.number(place + 1) if (seconds := steps[place][0]) is None else clock(seconds) for place in chosen
    ]
    return ticks([names[place] for place in chosen], texts) | {"tickangle": 0}
