"""Tools of MCP servers, by the server they belong to: mcp__github__search is search of github."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.usage.breakdown_records import Calls, ToolTotals


@dataclass(frozen=True, kw_only=True)
class Server(Calls):
    """All calls of one server's tools."""

    name: str
    tool_count: int


def parts_of(name: str) -> tuple[str, str] | None:
    """Server and tool; None for a tool of the agent itself."""
    kind, _, remainder = name.partition("__")
    server, _, tool = remainder.partition("__")
    return (server, tool) if kind == "mcp" and server and tool else None


def servers(rows: Iterable[ToolTotals]) -> list[Server]:
    """Every server with the sums of its tools, most calls first."""
    tools: defaultdict[str, list[ToolTotals]] = defaultdict(list)
    for row in rows:
        parts = parts_of(row.tool_name)
        if parts:
            tools[parts[0]].append(row)
    found = [Server(**vars(call_sums(own)), name=name, tool_count=len(own)) for name, own in tools.items()]
    return sorted(found, key=lambda server: (-server.call_count, server.name))


def call_sums(rows: Sequence[Calls]) -> Calls:
    """Calls and outcomes added up."""
    return Calls(
        call_count=sum(row.call_count for row in rows),
        success_count=sum(row.success_count for row in rows),
        error_count=sum(row.error_count for row in rows),
        unreported_count=sum(row.unreported_count for row in rows),
    )
