"""One set of colours: the same in Python and in the style sheet, and the same for a model everywhere."""

import re
from collections.abc import Sequence
from itertools import combinations
from math import dist
from pathlib import Path

import pytest

from analytics_app.charts import theme
from analytics_app.charts.theme import DARK, LIGHT, Palette

STYLE = Path(theme.__file__).parents[1] / "assets" / "insights.css"
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0520)),
    "deuteranopia": ((0.3673, 0.8607, -0.2280), (0.2801, 0.6725, 0.0474), (-0.0118, 0.0429, 0.9689)),
}
CONES = ((0.4122, 0.5363, 0.0514), (0.2119, 0.6807, 0.1074), (0.0883, 0.2817, 0.6300))
OKLAB = ((0.2105, 0.7936, -0.0041), (1.9780, -2.4286, 0.4506), (0.0259, 0.7828, -0.8087))


def style_tokens(name: str) -> dict[str, str]:
    block = re.search(rf"\[data-bs-theme={name}\] \{{(.*?)\}}", STYLE.read_text(), re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6})", block.group(1)))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_the_style_sheet_has_the_same_tokens(palette: Palette) -> None:
    tokens = style_tokens(palette.name)
    for name in ("page", "surface", "line", "ink", "dim", "accent", "others"):
        assert tokens[name] == getattr(palette, name)
    assert tuple(tokens[f"category-{place}"] for place in range(6)) == palette.categories


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_the_key_of_the_heat_map_runs_through_its_colours(palette: Palette) -> None:
    assert f"--heat: {', '.join(palette.heat)};" in STYLE.read_text()


def linear(colour: str) -> list[float]:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]


def luminance(colour: str) -> float:
    return weighed((0.2126, 0.7152, 0.0722), linear(colour))


def weighed(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


def seen(colour: str, eyes: str) -> list[float]:
    """The colour in a space where distance is difference (Oklab), as these eyes see it (Machado 2009)."""
    light = [min(1.0, max(0.0, weighed(row, linear(colour)))) for row in EYES[eyes]]
    cones = [weighed(row, light) ** (1 / 3) for row in CONES]
    return [weighed(row, cones) for row in OKLAB]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "dim", "accent", "good", "look", "bad"])
@pytest.mark.parametrize("ground", ["page", "surface"])
def test_every_text_colour_can_be_read(name: str, ink: str, ground: str) -> None:
    tokens = style_tokens(name)
    pale, dark = sorted((luminance(tokens[ink]), luminance(tokens[ground])), reverse=True)
    assert (pale + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
@pytest.mark.parametrize("eyes", EYES)
def test_categories_stay_apart_for_colour_blind_eyes(palette: Palette, eyes: str) -> None:
    drawn = [*palette.categories, palette.others]
    nearest = min(dist(seen(one, eyes), seen(other, eyes)) for one, other in combinations(drawn, 2))
    assert nearest > 0.08


def test_a_model_keeps_its_colour_when_the_order_of_use_changes() -> None:
    names = ["claude-opus-4-8", "claude-sonnet-5", "claude-haiku-5-5", "gpt-5.5"]
    assert theme.palette_slots(names) == theme.palette_slots(names[::-1])


def test_six_models_have_six_colours() -> None:
    names = [f"claude-opus-{version}" for version in range(6)]
    assert len(set(theme.palette_slots(names).values())) == 6


def test_models_of_one_chart_are_told_apart_even_when_they_share() -> None:
    shared = {"first": 3, "second": 3}
    assert theme.assign_colours(["first", "second"], shared) == {"first": 3, "second": 4}


@pytest.mark.parametrize("lang", ["dark", "light", None, 7, "<b>"])
def test_any_theme_that_a_page_claims_has_a_palette(lang: object) -> None:
    assert theme.palette(lang) is (DARK if lang == "dark" else LIGHT)


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    shown = theme.label("claude-" + "very-long-" * 15 + "20261122")
    assert (len(shown), shown[:7], shown[-8:]) == (40, "claude-", "20261122")


def test_a_name_from_outside_is_no_markup_in_a_chart() -> None:
    assert theme.label('<a href="//evil">x</a>') == '&lt;a href="//evil"&gt;x&lt;/a&gt;'
