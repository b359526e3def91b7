"""Native threads for the long computations of a web process, so that its other requests go on meanwhile."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from gevent.threadpool import ThreadPool

Result = TypeVar("Result")

#: How many computations run at once in a process. Each takes turns with the event loop for the interpreter.
THREADS = 2


def in_thread(work: Callable[..., Result], *arguments: object) -> Result:
    """Return or raise what `work(*arguments)` does in a native thread. It must not wait for a database or a lock."""
    result, error = _threads().apply(_outcome, (work, *arguments))
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return] # gevent brings no types


@cache
def _threads() -> ThreadPool:
    return ThreadPool(THREADS)


def _outcome(work: Callable[..., Result], *arguments: object) -> tuple[Result | None, Exception | None]:
    # gevent prints what a thread raises, with everything that was sent in it.
    try:
        return work(*arguments), None
    except Exception as error:
        return None, error
