"""How much memory the processes of a server hold while it is measured."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

MIB = 1024**2
SAMPLE_SECONDS = 0.2


@dataclass
class Memory:
    """MiB of all processes together (RSS), and of the largest one at its most."""

    before: float
    most: float
    after: float = 0.0
    largest: float = 0.0

    def summary(self) -> str:
        """Before → most → after."""
        return f"{self.before:,.0f} → {self.most:,.0f} → {self.after:,.0f}"


def listeners(port: int) -> list[int]:
    """The processes of this machine that listen on a port; empty where that cannot be told."""
    try:
        found = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return []
    return sorted(
        {one.pid for one in found if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid}
    )


def resident(pids: Sequence[int]) -> list[float]:
    """MiB of each of these processes and their descendants; those that are gone are left out."""
    family: set[psutil.Process] = set()
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            family |= {process, *process.children(recursive=True)}
    sizes = []
    for process in family:
        with suppress(psutil.NoSuchProcess):
            sizes.append(process.memory_info().rss / MIB)
    return sizes


async def watch(pids: Sequence[int], is_over: Callable[[], bool]) -> Memory:
    """Sample until `is_over`; `after` is for the caller to fill in, once the server had time to recover."""
    sizes = resident(pids)
    memory = Memory(before=sum(sizes), most=sum(sizes), largest=max(sizes, default=0.0))
    while not is_over():
        await asyncio.sleep(SAMPLE_SECONDS)
        sizes = resident(pids)
        memory.most = max(memory.most, sum(sizes))
        memory.largest = max(memory.largest, *sizes, 0.0)
    return memory
