"""Whatever panel a page lays out has what belongs to it: its numbers, its query, and its place on the page."""

import re
from pathlib import Path

import analytics_app
from analytics_app.app import PAGES
from analytics_app.components import queries

APP = Path(analytics_app.__file__).parent
#: Panels by name, as the pages lay them out.
PANEL = re.compile(r'\bPanel\(\s*"([a-z-]+)"')
PANELS = {name for path in (APP / "pages").rglob("*.py") for name in PANEL.findall(path.read_text())}


def test_every_panel_has_its_numbers() -> None:
    tables = {name for page in PAGES for name in getattr(page, "TABLES", {})}

    assert PANELS - tables == set(), "its Table and CSV lead nowhere: add it to TABLES of its page"


def test_every_panel_has_its_query_and_there_is_no_other() -> None:
    assert set() == queries.NAMES ^ PANELS, "a panel and its templates/queries/<name>.txt go together"


def test_every_panel_has_its_place_on_the_page() -> None:
    styles = (APP / "assets" / "insights.css").read_text(encoding="utf-8")
    placed = set(re.findall(r"\.panel-([a-z-]+)", styles))

    assert PANELS - placed == set(), "say in assets/insights.css how wide .panel-<name> is"
