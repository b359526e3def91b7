"""The private words of the old vocabulary are gone from identifiers, translations and pages."""

from pathlib import Path

import pytest

from tests.house import rules

SOURCES = rules.product_sources() | rules.read_sources("benchmarks")
PARTS = """
    postbox slip doorbell shelf newcomer registrar oneself misnamed errand mourn complaint refusal
    unusable patience patient impatient settling happening told said asked wanted house
"""
NAMES = """
    door presumed again rest way intake preparation prepared incoming delivery kept fault sound spending
    within seconds_left ring equip turn turns mail lake course facts fact card cards apart slots places
    boards board arrivals own_data spent let_go retired wish tend alone_on wished
"""
CLASSES = """
    Slip Door Intake Preparation Prepared Kind Incoming Delivery Kept Unusable Complaint Refusal Fault
    LargeBodies Turn Turns Doorbell Tools Mail Span Lake Shelf Folder Bucket Sheet Written Survey Ahead
    Course CallCourse Fact Card Look Board Place Registrar Newcomer Secrets Oneself Misnamed Hand
    Happening Spent Keep Listed ListedJob Errand StopWish
"""
#: Everyday words may stand in a sentence; these mean something in the old vocabulary only.
PROSE = """
    postbox slip doorbell newcomer registrar errand shelf patience impatient misnamed oneself
"""
WORDS = rules.BannedWords(
    parts=frozenset(PARTS.split()),
    names=frozenset(NAMES.split()),
    classes=frozenset(CLASSES.split()),
    constants=("MOST", "LONGEST", "SHORTEST", "TRIES"),
)
IN_PROSE = frozenset(PROSE.split())
PAGES = [
    *(rules.ROOT / "analytics_app" / "translations").glob("*.po"),
    *(rules.ROOT / "docs").glob("*.md"),
    *(rules.ROOT / name for name in ("README.md", "CHANGELOG.md")),
]


@pytest.mark.parametrize("package", (*rules.PRODUCT, "benchmarks"))
def test_no_identifier_is_a_private_word(package: str) -> None:
    found = {
        path: names
        for path, text in SOURCES.items()
        if path.startswith(f"{package}/") and (names := rules.banned_identifiers(text, WORDS))
    }

    assert found == {}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_has_a_private_word(path: Path) -> None:
    assert rules.banned_in_prose(path.read_text(encoding="utf-8"), IN_PROSE) == []
