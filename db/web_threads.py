"""The threads of a web process: they take whole requests from one queue, and nothing else passes between them."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Threads(Generic[Item]):
    """So many threads that do one kind of work. What they are given waits in line; what comes of it they see to.

    An executor would make a future of each item, with locks and a wake-up of its own: as dear as a short answer.
    """

    def __init__(self, count: int, work: Callable[[Item], None]) -> None:
        self._line: SimpleQueue[Item | None] = SimpleQueue()
        self._work = work
        # Daemons: a process that ends before it has served anybody, or in the middle of it, is not held up by them.
        self._threads = [
            threading.Thread(target=self._run, name=f"web-{number}", daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def give(self, item: Item) -> None:
        """Put it in line; never waits."""
        self._line.put(item)

    def shutdown(self, wait: bool = True) -> None:
        """Let them end with what they are at and what is in line."""
        for _ in self._threads:
            self._line.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        while (item := self._line.get()) is not None:
            self._work(item)
