"""Long computations of a web process: beside the event loop, with their results and errors."""

import time

import gevent
import pytest

from web.offload import in_thread


def fail(text: str) -> None:
    raise ValueError(text)


def test_the_result_comes_back() -> None:
    assert in_thread(max, 1, 2) == 2


def test_an_error_comes_back_and_is_printed_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="CANARYTEXT"):
        in_thread(fail, "CANARYTEXT")

    assert capfd.readouterr() == ("", "")


def test_other_greenlets_go_on_meanwhile() -> None:
    done: list[str] = []
    long = gevent.spawn(lambda: (in_thread(time.sleep, 0.2), done.append("long")))
    short = gevent.spawn(lambda: done.append("short"))

    gevent.joinall([long, short])

    assert done == ["short", "long"]
