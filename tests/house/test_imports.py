"""Which way imports point: contracts without exceptions, no circles, no two packages that import each other."""

import tomllib

from tests.house import rules

GRAPH = rules.import_graph(rules.product_sources())


def test_no_contract_has_an_exception() -> None:
    settings = tomllib.loads((rules.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    assert [contract["name"] for contract in settings["contracts"] if "ignore_imports" in contract] == []
    assert {*rules.PRODUCT} <= {*settings["root_packages"]}


def test_there_are_no_import_circles() -> None:
    assert rules.import_circles(GRAPH) == []


def test_no_two_packages_import_each_other() -> None:
    assert rules.mutual_packages(GRAPH) == []
