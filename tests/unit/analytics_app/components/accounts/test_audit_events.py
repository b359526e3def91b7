"""Every action of the audit log has a text in both languages."""

import re
from pathlib import Path

import pytest

from analytics_app.components.accounts import audit_events
from analytics_app.components.accounts.audit_events import action_names
from analytics_app.i18n.languages import LANGUAGES, language

ROOT = Path(audit_events.__file__).parents[3]
#: How an action is written where it is noted: a noun, a point and what was done.
ACTION = re.compile(
    r"[\"']((?:account|key|keys|password|settings|text|data|person|upload|\w+board|export)\.[a-z_]+)[\"']"
)


def recorded() -> set[str]:
    """Every action in the code and in the statements that write it down."""
    places = [
        *(ROOT / "db").rglob("*.py"),
        *(ROOT / "db").rglob("*.sql"),
        *(ROOT / "analytics_app").rglob("*.py"),
    ]
    return {action for place in places for action in ACTION.findall(place.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_recorded_action_has_a_text(code: str) -> None:
    lang = language(code)
    assert [action for action in recorded() if action not in action_names(lang)] == []


def test_the_search_finds_the_recorded_actions() -> None:
    assert {"account.created", "key.issued", "person.viewed", "upload.requeued", "data.deleted"} <= recorded()
