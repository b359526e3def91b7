"""Names are unique: a module or class name leads to one place."""

from tests.house import rules

SOURCES = rules.product_sources()


def test_module_names_are_unique() -> None:
    assert rules.repeated_module_names(SOURCES) == []


def test_class_names_are_unique() -> None:
    assert rules.repeated_class_names(SOURCES) == []
