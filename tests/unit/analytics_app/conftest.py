"""What the tests of pages and figures share: two languages, two looks and one team day."""

from datetime import date

import pytest

from analytics_app.i18n import Language, language
from analytics_app.theme import LIGHT, Look


@pytest.fixture
def english() -> Language:
    """What most of the team reads."""
    return language("en")


@pytest.fixture
def german() -> Language:
    """With commas where English has points."""
    return language("de")


@pytest.fixture
def look(english: Language) -> Look:
    """Light and English."""
    return Look(LIGHT, english)


@pytest.fixture
def today() -> date:
    """A Sunday."""
    return date(2026, 11, 22)
