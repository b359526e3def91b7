"""Bytes to values, strictly: what JSON parsers usually let pass is found here, with a pointer to it."""

import json
import math
import re
from collections import Counter
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import msgspec

from ingest.http.api_errors import ApiError, FieldError, pointer

MAX_DEPTH = 32
#: Nesting that the parser itself can't take is cut off here; still too deep, so that its owner is told.
PARSED_DEPTH = 100
#: The next quote or bracket, past escapes. (No possessive groups: Python before 3.11.5 gets them wrong.)
STEP = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)
#: Only these escapes can bring a NUL or half a surrogate pair into a parsed string.
SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
SURROGATE = re.compile("[\ud800-\udfff]")
UNSAFE = re.compile("[\0\ud800-\udfff]")
#: Brackets, commas and colons of one body: enough for the most token rows of a session, which take 1.8 million, and 30
#: times what the largest real session has; few enough for any body to be parsed within 256 MiB.
MAX_MARKS = 1_850_000
NOT_MARKS = bytes(set(range(256)) - set(b'"[]{},:'))
ONE_KIND = bytes.maketrans(b"{}", b"[]")
#: Up to here a float is exactly the whole number that was written.
EXACT = 2**53
#: Faults told of one item at most, and items of which any are told: no batch may have more.
MAX_ERRORS, MAX_ITEMS_WITH_ERRORS = 20, 1000
CONTAINERS = (dict, list)
#: What can have no fault.
PLAIN = frozenset({int, float, bool, type(None)})
# Stands where a number was that JSON does not know.
_NO_NUMBER = object()
_MISSING = object()


class JsonError(NamedTuple):
    """Something in the text that a strict reader refuses."""

    reason: str
    #: The way to it: names and positions.
    path: tuple[str | int, ...]
    detail: str

    def field_error(self) -> FieldError:
        """The fault as the sender is told."""
        return FieldError(pointer(*self.path), self.detail)


class Document(NamedTuple):
    """A parsed body. Where it has faults, the value holds only what is safe to keep: no NUL, nothing too deep."""

    value: Any
    json_errors: list[JsonError]

    def raise_for_errors(self) -> Any:
        """The value, if it has no fault; else the refusal of the whole."""
        if self.json_errors:
            raise ApiError(
                self.json_errors[0].reason,
                field_errors=[json_error.field_error() for json_error in self.json_errors],
            )
        return self.value


class _Repeating(dict[str, Any]):
    """An object in which a name stood twice."""

    __slots__ = ("repeated",)
    repeated: str


def parse(data: bytes) -> Document:
    """Read one JSON text; raises ApiError where it is none at all."""
    marks = marks_of(data)
    if len(marks) > MAX_MARKS:
        raise ApiError("too_large", "too many values")
    if not _is_suspicious(data) and _is_shallow(marks):
        document = _parse_fast(data, marks.count(b":"))
        if document is not None:
            return document
    return parse_thoroughly(data, marks)


def _parse_fast(data: bytes, members: int) -> Document | None:
    """Nearly every body: read at full speed, and sound if no name is missing in what was read."""
    # A function of its own, so that what it read takes no memory while the body is parsed slowly.
    with suppress(msgspec.MsgspecError, ValueError):
        value = QUICK.decode(data)
        if _count_members(value) == members:
            return Document(value, [])
    return None


def _number(text: str) -> int | float:
    number = float(text)
    # Some languages write every number with a fraction: 12.0 is 12.
    return int(number) if number.is_integer() and abs(number) <= EXACT else number


def _finite_number(text: str) -> int | float:
    number = _number(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


QUICK = msgspec.json.Decoder(float_hook=_finite_number)


def _count_members(value: Any) -> int:
    """How many names stand in all objects together; a name that stood twice in one is missing here."""
    count, left = 0, [value]
    while left:
        item = left.pop()
        if type(item) is dict:
            count += len(item)
            left += [member for member in item.values() if type(member) in CONTAINERS]
        elif type(item) is list:
            left += [member for member in item if type(member) in CONTAINERS]
    return count


def parse_thoroughly(data: bytes, marks: bytes) -> Document:
    """Look at every value, to say what is wrong and where."""
    suspects: list[object] = []
    try:
        value = _decode(data, suspects)
    except RecursionError:
        suspects.clear()
        value = _decode(_cut_deep(data), suspects)
    if suspects or _is_suspicious(data) or not _is_shallow(marks):
        sweep = _Sweep()
        return Document(sweep.clean(value, ()), sweep.json_errors)
    return Document(value, [])


def _decode(data: bytes, suspects: list[object]) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        # A very large object must not be there three times: what finds the name empties its copy.
        repeated = next(name for name, _ in pairs if members.pop(name, _MISSING) is _MISSING)
        del members
        return repeating(pairs, repeated)

    def repeating(pairs: list[tuple[str, Any]], repeated: str) -> dict[str, Any]:
        members = _Repeating(pairs)
        members.repeated = repeated
        suspects[:] = [members]
        return members

    def finite(text: str) -> object:
        number = _number(text)
        return number if math.isfinite(number) else no_number(text)

    def whole(text: str) -> object:
        try:
            return int(text)
        except ValueError:
            return no_number(text)

    def no_number(_text: str) -> object:
        suspects[:] = [_NO_NUMBER]
        return _NO_NUMBER

    load = partial(json.loads, object_pairs_hook=unique, parse_float=finite, parse_constant=no_number)
    try:
        text = data.decode("utf-8")
        try:
            return load(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            # An integer is too long for Python: slower, but with a look at each.
            suspects.clear()
            return load(text, parse_int=whole)
    except UnicodeDecodeError as error:
        raise ApiError("invalid_json", f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise ApiError("invalid_json", f"{error.msg} at line {error.lineno}, column {error.colno}") from None


def _cut_deep(data: bytes) -> bytes:
    """The text with an empty list in place of all that lies deeper than PARSED_DEPTH: the rest of it can be read."""
    retained = []
    depth = begin = 0
    in_string = False
    for step in STEP.finditer(data):
        if step[0] == b'"':
            in_string = not in_string
        elif in_string:
            continue
        elif step[0] in (b"[", b"{"):
            depth += 1
            if depth == PARSED_DEPTH + 1:
                retained.append(data[begin : step.start()])
        elif step[0] in (b"]", b"}"):
            depth -= 1
            if depth == PARSED_DEPTH:
                retained.append(b"[]")
                begin = step.end()
    return b"".join(retained) + (data[begin:] if depth <= PARSED_DEPTH else b"")


def _is_suspicious(data: bytes) -> bool:
    return b"\\u" in data and SUSPICIOUS.search(data) is not None


def marks_of(data: bytes) -> bytes:
    """The brackets, all as [ and ], commas and colons outside strings, found at the speed of memory."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Two quotes side by side leave everything else inside or outside of strings as it was, and are most of them.
    marks = data.translate(ONE_KIND, NOT_MARKS).replace(b'""', b"")
    if marks.count(b'"') > 2 * MAX_MARKS:
        raise ApiError("too_large", "too many values")
    return b"".join(marks.split(b'"')[::2])


def _is_shallow(marks: bytes) -> bool:
    """Are there at most MAX_DEPTH levels? Each round takes away the innermost one."""
    brackets = marks.translate(None, b",:")
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    return not brackets


class _Sweep:
    """Walks a suspicious value once: names each fault and leaves a copy that is safe to keep."""

    def __init__(self) -> None:
        self.json_errors: list[JsonError] = []
        self.described: Counter[str | int] = Counter()

    def clean(self, value: Any, path: tuple[str | int, ...]) -> Any:
        if self._is_enough(_item(path)):
            # Its owner knows enough: what is left needs no pointers, and is done in a fraction of the time.
            return _scrubbed(value, len(path))
        if isinstance(value, str):
            return self._clean_text(value, path)
        if isinstance(value, (dict, list)):
            return self._clean_container(value, path)
        if value is _NO_NUMBER:
            self._found("not_a_number", path, "must be a finite number")
            return None
        return value

    def _clean_container(self, value: dict[str, Any] | list[Any], path: tuple[str | int, ...]) -> Any:
        if len(path) >= MAX_DEPTH:
            self._found("too_deep", path, f"more than {MAX_DEPTH} levels")
            return None
        if isinstance(value, list):
            return [
                item if type(item) in PLAIN else self.clean(item, (*path, position))
                for position, item in enumerate(value)
            ]
        if isinstance(value, _Repeating):
            self._found("duplicate_key", (*path, value.repeated), "stands twice")
        return {
            self._clean_text(name, path): item if type(item) in PLAIN else self.clean(item, (*path, name))
            for name, item in value.items()
        }

    def _clean_text(self, text: str, path: tuple[str | int, ...]) -> str:
        if SURROGATE.search(text):
            self._found("lone_surrogate", path, "holds half a surrogate pair")
        return UNSAFE.sub("\ufffd", text)

    def _is_enough(self, item: str | int) -> bool:
        return self.described.get(item, 0) >= MAX_ERRORS or len(self.described) > MAX_ITEMS_WITH_ERRORS

    def _found(self, reason: str, path: tuple[str | int, ...], detail: str) -> None:
        item = _item(path)
        if self._is_enough(item):
            return
        self.described[item] += 1
        safe = tuple(SURROGATE.sub("\ufffd", token) if isinstance(token, str) else token for token in path)
        self.json_errors.append(JsonError(reason, safe, detail))


def _item(path: tuple[str | int, ...]) -> str | int:
    """The item of a batch that it leads into; there is one only where the body is a list."""
    return path[0] if path and isinstance(path[0], int) else ""


def _scrubbed(value: Any, depth: int) -> Any:
    """A copy that is safe to keep, without a word about what was wrong."""
    if isinstance(value, str):
        return UNSAFE.sub("\ufffd", value)
    if value is _NO_NUMBER or not isinstance(value, CONTAINERS):
        return None if value is _NO_NUMBER else value
    if depth >= MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [item if type(item) in PLAIN else _scrubbed(item, depth + 1) for item in value]
    return {
        UNSAFE.sub("\ufffd", name): item if type(item) in PLAIN else _scrubbed(item, depth + 1)
        for name, item in value.items()
    }
