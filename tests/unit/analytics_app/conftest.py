"""What the tests of pages and figures share: two languages, a chart style and one team day."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from analytics_app.charts.theme import LIGHT, ChartStyle
from analytics_app.i18n.languages import Language, language
from db.accounts.account_records import Account


@pytest.fixture
def english() -> Language:
    """What most of the team reads."""
    return language("en")


@pytest.fixture
def german() -> Language:
    """With commas where English has points."""
    return language("de")


@pytest.fixture
def style(english: Language) -> ChartStyle:
    """Light and English."""
    return ChartStyle(LIGHT, english)


@pytest.fixture
def today() -> date:
    """A Sunday."""
    return date(2026, 11, 22)


@pytest.fixture
def account() -> Callable[[int], Account]:
    """A member with this id."""

    def of(user_id: int) -> Account:
        return Account(
            user_id=user_id,
            username="alice",
            email=None,
            role="member",
            share_level="full",
            show_in_leaderboard=True,
            active=True,
            session_epoch=1,
            locale=None,
            time_zone=None,
            theme=None,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            last_seen_at=None,
        )

    return of
