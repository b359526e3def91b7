"""All texts of one upload as one string of bytes: redaction asks it which of them may hold a secret of which kind."""

import math
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from string import ascii_lowercase, digits
from typing import Literal, NamedTuple

from ingest.http.errors import ApiError

Part = Literal["whole", "long_words", "names"]

# What well-known keys are made of, all as x; everything else separates words.
WORD_TABLE = bytes(ord("x" if chr(byte) in f"{ascii_lowercase}{digits}_-." else " ") for byte in range(256))
MIN_KEY_LENGTH = 20
LONG_WORD = b"x" * MIN_KEY_LENGTH
#: So much of what stands before a : or = tells whether it is a name of interest ...
NAME_BYTES = 24
#: ... and with more of these than any prose or code has, there is nothing to gain from looking only there.
MAX_NAMES = 50_000
#: Units of work for one body. Real transcripts of its largest size would need a ninth, the densest of them two fifths.
MAX_WORK = 300_000
#: Characters that a pattern reads for one unit.
CHARACTERS_PER_UNIT = 2048


class Needle(NamedTuple):
    """What a text must hold for some patterns to match in it. It never matches a line feed."""

    expression: re.Pattern[bytes]
    part: Part
    #: The places of these patterns in the list of all.
    patterns: Sequence[int]


class Work:
    """How much more redaction may do for one body."""

    def __init__(self, units: float = math.inf) -> None:
        self._left = units

    def spend(self, units: int) -> None:
        """Use up so many units; raises ApiError when there are too few."""
        self._left -= units
        if self._left < 0:
            raise ApiError("too_large", "too many passages that look like secrets")


class Haystack:
    """The texts, lower-cased and separated by line feeds, which no needle crosses."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._whole = b"\n".join([text.encode("utf-8", "replace") for text in texts]).lower()
        #: Where each long word begins in the whole, and where it begins among the long words.
        self._word_places, self._word_offsets = array("q"), array("q")
        #: As long as the whole, so that positions are the same.
        self._assigned = self._whole.replace(b"=", b":")
        self._parts: dict[Part, bytes | bytearray] = {
            "whole": self._whole,
            # The words long enough to be a key: a small part of any text, and all that most patterns need to see.
            "long_words": self._long_words(),
            "names": self._names(),
        }

    def held(self, needles: Mapping[Part, Sequence[Needle]]) -> Iterator[Needle]:
        """Those needles, by their part, that are in any text. Fast, since most parts are small or empty."""
        for part, candidates in needles.items():
            if searched := self._parts[part]:
                yield from [needle for needle in candidates if needle.expression.search(searched)]

    def texts_with(self, needle: Needle, work: Work) -> Iterator[int]:
        """The position of each text that holds the needle, in order; each occurrence is a unit of work."""
        ends, end = self._ends, 0
        for place in self._places(needle):
            work.spend(1)
            if place >= end:
                position = bisect_right(ends, place)
                end = ends[position]
                yield position

    def _places(self, needle: Needle) -> Iterator[int]:
        """Where the needle, or the long word that it is in, stands in the whole."""
        if needle.part != "long_words":
            searched = self._assigned if needle.part == "names" else self._whole
            yield from (match.start() for match in needle.expression.finditer(searched))
            return
        for match in needle.expression.finditer(self._parts["long_words"]):
            yield self._word_places[bisect_right(self._word_offsets, match.start()) - 1]

    @cached_property
    def _ends(self) -> list[int]:
        """Where each text ends in the whole, its line feed included."""
        sizes = (len(text if text.isascii() else text.encode("utf-8", "replace")) for text in self._texts)
        return list(accumulate(size + len("\n") for size in sizes))

    def _names(self) -> bytes:
        """The names that something is assigned to, each with its sign."""
        if self._assigned.count(b":") > MAX_NAMES:
            return self._assigned
        return b":".join([piece[-NAME_BYTES:] for piece in self._assigned.split(b":")])

    def _long_words(self) -> bytearray:
        """Where twenty letters of a word stand in a row, the rest of the word is taken along."""
        words = bytearray()
        mask = self._whole.translate(WORD_TABLE)
        begin = mask.find(LONG_WORD)
        while begin >= 0:
            end = mask.find(b" ", begin)
            end = len(mask) if end < 0 else end
            self._word_places.append(begin)
            self._word_offsets.append(len(words))
            words += self._whole[begin:end] + b" "
            begin = mask.find(LONG_WORD, end)
        return words
