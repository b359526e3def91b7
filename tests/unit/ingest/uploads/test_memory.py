"""What one body takes in memory at most, measured in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.http.strict_json import MAX_MARKS

#: Bytes above what the process had before, whatever the body is.
MAX_GROWTH = 256 * 1024 * 1024
STATUS = Path("/proc/self/status")
# What the system tells of a process by getrusage begins with what its parent had.
MEASURE = """
import sys
from ingest.http.api_errors import ApiError
from ingest.http.strict_json import parse

def kibibytes(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))

with open(sys.argv[1], "rb") as body:
    data = body.read()
before = kibibytes("VmRSS:")
try:
    parse(data)
except ApiError:
    pass
print((kibibytes("VmHWM:") - before) * 1024)
"""

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="the peak of a process is read from /proc")


def growth(body: bytes, path: Path) -> int:
    """How many bytes the parser takes at its peak for this body."""
    path.write_bytes(body)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    return int(done.stdout)


def array(*members: bytes) -> bytes:
    return b"[%s]" % b",".join(members)


def names(count: int) -> bytes:
    """An object of so many names, the last of which is there twice."""
    return b'{%s,"a":1,"a":1}' % b",".join(b'"%x":1' % name for name in range(count))


#: By what each is full of: so many brackets, commas and colons.
BODIES: dict[str, Callable[[int], bytes]] = {
    "names": lambda marks: names(marks // 2 - 4),
    "doubled names": lambda marks: b"{%s}" % b",".join([b'"a":1'] * (marks // 2 - 2)),
    "objects with doubled names": lambda marks: array(*[b'{"a":1,"a":1}'] * (marks // 6 - 1)),
    "objects": lambda marks: array(*[b'{"a":1}'] * (marks // 4 - 1)),
    "lists": lambda marks: array(*[b"[]"] * (marks // 3 - 1)),
    "numbers": lambda marks: array(*[b"0"] * (marks - 2)),
    "what is no number": lambda marks: array(*[b"NaN"] * (marks - 2)),
    "lists of what is no number": lambda marks: array(*[b"[NaN]"] * (marks // 3 - 1)),
    "strings": lambda marks: array(*(b'"%x"' % text for text in range(marks - 2))),
}


@pytest.mark.parametrize("marks", [MAX_MARKS, 2 * MAX_MARKS])
@pytest.mark.parametrize("kind", BODIES)
def test_no_body_takes_many_times_its_size_in_memory(kind: str, marks: int, tmp_path: Path) -> None:
    assert growth(BODIES[kind](marks), tmp_path / "body") < MAX_GROWTH
