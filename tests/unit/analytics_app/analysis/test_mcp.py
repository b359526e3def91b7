"""Tools of one MCP server are counted together."""

import pytest

from analytics_app.analysis.mcp import parts_of, servers
from db.usage.breakdown_records import ToolTotals


def tool(name: str, calls: int) -> ToolTotals:
    return ToolTotals(
        tool_name=name, call_count=calls, success_count=calls - 1, error_count=1, unreported_count=0
    )


def test_a_server_has_the_sums_of_its_tools() -> None:
    [github, jira] = servers(
        [tool("mcp__jira__read", 4), tool("mcp__github__a", 3), tool("mcp__github__b", 5), tool("Read", 99)]
    )
    assert (github.name, github.tool_count, github.call_count, github.error_count) == ("github", 2, 8, 2)
    assert (jira.name, jira.call_count) == ("jira", 4)


@pytest.mark.parametrize("name", ["Read", "mcp__", "mcp__x", "mcp____y", "MCP__a__b"])
def test_other_names_belong_to_no_server(name: str) -> None:
    assert parts_of(name) is None
