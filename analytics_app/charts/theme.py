"""Colours and the Plotly template, light and dark; the colours are those of assets/insights.css."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from analytics_app.i18n.languages import Language

STYLE_SHEET = Path(__file__).parents[1] / "assets" / "insights.css"
#: The number of colours for names, such as those of models.
CATEGORIES = 6
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"
CLEAR = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
#: Longer names are cut where they cannot be given more room.
MAX_NAME_LENGTH = 40
#: Families of models; each prefers the colour at its place.
FAMILIES = ("opus", "sonnet", "haiku", "gpt", "gemini")


@dataclass(frozen=True)
class Palette:
    """The colours of one theme."""

    name: str
    page: str
    surface: str
    line: str
    ink: str
    dim: str
    accent: str
    others: str
    categories: tuple[str, ...]
    #: From no session to the busiest hour.
    heat: tuple[str, ...]


def _read_palette(name: str) -> Palette:
    """The colours that the style sheet of the pages gives this theme."""
    rule = re.findall(rf"\[data-bs-theme={name}\] {{(.*?)}}", STYLE_SHEET.read_text("utf-8"), re.DOTALL)[0]
    tokens = dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", rule))
    plain = ("page", "surface", "line", "ink", "dim", "accent", "others")
    return Palette(
        name,
        **{colour: tokens[colour] for colour in plain},
        categories=tuple(tokens[f"category-{slot}"] for slot in range(CATEGORIES)),
        heat=tuple(tokens["heat"].split(", ")),
    )


LIGHT, DARK = _read_palette("light"), _read_palette("dark")


@dataclass(frozen=True)
class ChartStyle:
    """The colours and the language in which a figure is drawn."""

    palette: Palette
    language: Language


def palette(name: object) -> Palette:
    """The palette of the theme that the page shows; light unless it says dark."""
    return DARK if name == DARK.name else LIGHT


def palette_slots(names: Sequence[str]) -> dict[str, int]:
    """A colour of the palette for every name, so that a model keeps it on every page and under every filter.

    Give all names of a long period, most used first. A family keeps its colour and other names take that of their
    hash; where that is taken, the less used goes to the next free one, and those beyond the palette share.
    """
    remainder = names[CATEGORIES:]
    return assign_colours(names[:CATEGORIES], {}) | {name: _preferred_slot(name) for name in remainder}


def assign_colours(shown: Sequence[str], palette_slots: Mapping[str, int]) -> dict[str, int]:
    """The same slots for the names of one chart, moved only where two of them would look alike."""
    free = set(range(CATEGORIES))
    assigned: dict[str, int] = {}
    for name in shown:
        preferred = palette_slots.get(name, _preferred_slot(name))
        following = ((preferred + step) % CATEGORIES for step in range(CATEGORIES))
        # The preferred slot where none is free.
        assigned[name] = next((slot for slot in following if slot in free), preferred)
        free.discard(assigned[name])
    return assigned


def _preferred_slot(name: str) -> int:
    family = next((slot for slot, family in enumerate(FAMILIES) if family in name), None)
    return crc32(name.encode("utf-8", "replace")) % CATEGORIES if family is None else family


def label(text: str) -> str:
    """A name from outside, safe in a Plotly label, which would read `<b>` as markup and never wraps."""
    return html.escape(shorten(text), quote=False)


def shorten(text: str) -> str:
    """Beginning and end of a long name: families of names differ at either."""
    return text if len(text) <= MAX_NAME_LENGTH else f"{text[:24]}…{text[-15:]}"


@cache
def template(colours: Palette) -> dict[str, Any]:
    """The style of all charts: thin grid, no frame, unified hover, no mode bar."""
    axis = {
        "gridcolor": colours.line,
        "zeroline": False,
        "linecolor": colours.line,
        "tickfont": {"color": colours.dim, "size": 12},
        "ticklabelstandoff": 4,
        "automargin": True,
        "fixedrange": True,
    }
    return {
        "layout": {
            "font": {"family": FONTS, "size": 13, "color": colours.ink},
            **CLEAR,
            "colorway": colours.categories,
            "margin": {"l": 8, "r": 4, "t": 8, "b": 8},
            "showlegend": False,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.line,
                "font": {"color": colours.ink, "size": 12, "family": FONTS},
                "align": "left",
                "namelength": -1,
            },
            "xaxis": {
                **axis,
                "showgrid": False,
                "spikethickness": 1,
                "spikedash": "solid",
                "spikecolor": colours.others,
            },
            "yaxis": axis,
        }
    }


def blank() -> dict[str, Any]:
    """What a chart shows before its figures have come: nothing, in the right size."""
    hidden = {"visible": False, "fixedrange": True}
    return {
        "data": [],
        "layout": {"xaxis": hidden, "yaxis": hidden, **CLEAR, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}},
    }
