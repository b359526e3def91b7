"""CHANGELOG.md is written for users: a release with a number, and bullets that say one thing."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TEXT = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
BULLETS = re.findall(r"^- (.+(?:\n  .+)*)$", TEXT, re.MULTILINE)
#: A full stop that ends a sentence: a space and a capital, or nothing, follows.
END = re.compile(r"[.!?](?=\s+[A-Z`]|$)")


def test_the_newest_release_is_the_version_of_the_project() -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]

    assert re.findall(r"^## (\S+) \(\d{4}-\d{2}-\d{2}\)$", TEXT, re.MULTILINE)[0] == version


@pytest.mark.parametrize("bullet", BULLETS, ids=[bullet[:40] for bullet in BULLETS])
def test_a_bullet_has_at_most_two_sentences(bullet: str) -> None:
    assert 1 <= len(END.findall(bullet)) <= 2


def test_three_sentences_are_too_many() -> None:
    assert len(END.findall("One thing. Another, in 0.1 s. A third.")) == 3
