"""Where code stands: the packages, their folders, imports by their own names, and what the images copy."""

import re
from pathlib import PurePosixPath

import pytest

from tests.house import rules

SOURCES = rules.product_sources()
PACKAGES = {
    "db": {"accounts", "uploads", "usage", "lifecycle"},
    "ingest": {"http", "resources", "uploads", "redaction", "openapi"},
    "tasks": {"queue", "jobs", "exports", "rollups"},
    "analytics_app": {
        "auth",
        "http",
        "i18n",
        "components",
        "components/accounts",
        "context",
        "charts",
        "analysis",
        "pages",
        *(
            f"pages/{page}"
            for page in (
                *("admin", "connect", "leaderboard", "me", "models"),
                *("projects", "team", "tools", "trends"),
            )
        ),
    },
    "web": set[str](),
    "standalone": {"child_processes"},
    "cli": set[str](),
}
DOCKERFILES = ("web/Dockerfile", "tasks/Dockerfile")


def test_every_package_has_its_folders_and_no_others() -> None:
    folders = {str(PurePosixPath(path).parent) for path in SOURCES} - {"."}

    expected = {f"{package}/{folder}" for package, below in PACKAGES.items() for folder in below}
    assert folders == expected | set(PACKAGES)


def test_a_folder_holds_at_most_15_modules() -> None:
    assert rules.crowded_folders(SOURCES) == []


def test_no_module_of_ours_is_renamed_on_import() -> None:
    assert rules.renamed_imports(SOURCES) == []


def test_the_database_package_controls_no_processes() -> None:
    assert rules.process_control(rules.read_sources("db")) == []


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_copies_whole_packages(name: str) -> None:
    copied = re.findall(r"^COPY (?!--from)(?P<from>\S+) (?P<to>\S+)$", (rules.ROOT / name).read_text(), re.M)

    packages = {source for source, _ in copied} - {"${APP}"}
    assert {source for source in packages if not source.startswith("requirements/")} <= set(PACKAGES)
    assert [
        (source, to) for source, to in copied if source in packages & set(PACKAGES) and source != to
    ] == []


def test_both_web_images_share_one_dockerfile() -> None:
    found = {str(path.relative_to(rules.ROOT)) for path in rules.ROOT.glob("*/Dockerfile")}

    assert found == set(DOCKERFILES)
    assert "ARG APP" in (rules.ROOT / "web/Dockerfile").read_text()
