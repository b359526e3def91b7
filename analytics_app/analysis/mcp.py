"""Tools of MCP servers, by the server they belong to: mcp__github__search is search of github."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from db.usage.breakdown_records import Calls, ToolTotals


@dataclass(frozen=True, kw_only=True)
class Server(Calls):
    """All calls of one server's tools."""

    name: str
    tool_count: int


def parts_of(name: str) -> tuple[str, str] | None:
    """Server and tool; None for a tool of the agent's own."""
    kind, _, rest = name.partition("__")
    server, _, tool = rest.partition("__")
    return (server, tool) if kind == "mcp" and server and tool else None


def servers(rows: Iterable[ToolTotals]) -> list[Server]:
    """Every server with the sums of its tools, most calls first."""
    tools: defaultdict[str, list[ToolTotals]] = defaultdict(list)
    for row in rows:
        parts = parts_of(row.tool_name)
        if parts:
            tools[parts[0]].append(row)
    found = [_server(name, own) for name, own in tools.items()]
    return sorted(found, key=lambda server: (-server.call_count, server.name))


def _server(name: str, tools: list[ToolTotals]) -> Server:
    return Server(
        name=name,
        tool_count=len(tools),
        call_count=sum(tool.call_count for tool in tools),
        success_count=sum(tool.success_count for tool in tools),
        error_count=sum(tool.error_count for tool in tools),
        unreported_count=sum(tool.unreported_count for tool in tools),
    )
