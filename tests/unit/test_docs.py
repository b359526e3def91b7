"""What the docs lead to is there: files and folders of the repository, and in the developers' page also its names."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
ROOMS = (
    *(
        "analytics_app",
        "benchmarks",
        "cli",
        "db",
        "docs",
        "ingest",
        "requirements",
        "standalone",
        "tasks",
        "tests",
    ),
    "web",
)
#: Between backticks, in one of the rooms: a file, or a folder with its slash.
PLACE = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w./-]*(?:\.\w+|/))`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
NAME = re.compile(r"`(\w*_\w+|[A-Z]+)`")


def page_name(page: Path) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_a_page_names_only_places_that_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = [CHECKOUT / place for place in PLACE.findall(text)] + [
        page.parent / link for link in LINK.findall(text)
    ]

    assert [str(place) for place in places if not place.exists()] == []


def test_what_developers_are_told_to_touch_has_that_name() -> None:
    names = NAME.findall((CHECKOUT / "docs" / "developing.md").read_text(encoding="utf-8"))
    sources = [
        path
        for room in ("analytics_app", "cli", "db", "ingest", "standalone", "tasks", "tests", "web")
        for path in (CHECKOUT / room).rglob("*")
    ]
    words = {
        word
        for path in sources
        if path.suffix in (".py", ".sql")
        for word in re.findall(r"\w+", path.read_text())
    }

    assert names
    assert set(names) - words == set()


def test_the_line_counts_of_the_dependencies_page_are_right() -> None:
    page = (CHECKOUT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    counted = dict(re.findall(r"\(`([a-z_/]+\.py)`, (\d+) lines\)", page))

    assert counted
    assert {
        name: str(len((CHECKOUT / name).read_text(encoding="utf-8").splitlines())) for name in counted
    } == counted
