"""Takes secrets out of texts before anything is stored: each becomes [REDACTED:kind]. Best effort, bounded, linear."""

import math
import re
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from string import ascii_lowercase, digits
from typing import NamedTuple

from ingest.redaction.rules import MIN_KEY_LENGTH, PATTERNS, Part, Pattern, token_pattern

# What well-known keys are made of, all as x; everything else separates words.
WORD_TABLE = bytes(ord("x" if chr(byte) in f"{ascii_lowercase}{digits}_-." else " ") for byte in range(256))
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


class TooMuchWork(Exception):
    """A body has more passages that look like secrets than may be searched."""


class Work:
    """How much more redaction may do for one body."""

    def __init__(self, units: float = math.inf) -> None:
        self._left = units

    def spend(self, units: int) -> None:
        """Use up so many units; raises TooMuchWork when fewer are left."""
        self._left -= units
        if self._left < 0:
            raise TooMuchWork


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
        for place in self._positions(needle):
            work.spend(1)
            if place >= end:
                position = bisect_right(ends, place)
                end = ends[position]
                yield position

    def _positions(self, needle: Needle) -> Iterator[int]:
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


class Redaction(NamedTuple):
    """What redaction made of the texts of one upload."""

    #: Each text, and '', as it may be stored.
    texts: dict[str, str]
    #: How many secrets of each kind were replaced.
    counts: Counter[str]


class Redactor:
    """Applies every rule, and one for our own API keys."""

    def __init__(self, key_prefix: str, on_secrets: Callable[[str, int], None] | None = None) -> None:
        """`on_secrets` is called with each kind of secret that was replaced in an upload, and how many."""
        self._on_secrets = on_secrets
        self.patterns = (token_pattern("insights_key", key_prefix, r"[A-Za-z0-9_-]{20,255}"), *PATTERNS)
        leads: defaultdict[tuple[str, Part], list[int]] = defaultdict(list)
        for place, pattern in enumerate(self.patterns):
            for words in pattern.needles:
                leads[words, pattern.part].append(place)
        #: The needles of each part, each once, with all patterns that it leads to.
        self._needles: defaultdict[Part, list[Needle]] = defaultdict(list)
        for (words, part), pattern_numbers in leads.items():
            self._needles[part].append(Needle(re.compile(words.encode()), part, pattern_numbers))
        self._work = Work()

    def for_body(self) -> "Redactor":
        """The same redactor for the texts of one body: `redact` raises TooMuchWork beyond MAX_WORK."""
        redactor = object.__new__(Redactor)
        redactor.__dict__ |= self.__dict__ | {"_work": Work(MAX_WORK)}
        return redactor

    def redact(self, texts: Iterable[str]) -> Redaction:
        """Replace the secrets in all texts of an upload; each pattern is tried only on the texts it may match in."""
        texts = list(texts)
        haystack = Haystack(texts)
        candidates: defaultdict[int, set[int]] = defaultdict(set)
        for needle in haystack.held(self._needles):
            for position in haystack.texts_with(needle, self._work):
                candidates[position].update(needle.patterns)
        redacted, counts = dict(zip(("", *texts), ("", *texts), strict=True)), Counter[str]()
        for position, pattern_numbers in candidates.items():
            text = texts[position]
            self._work.spend(len(pattern_numbers) * (1 + len(text) // CHARACTERS_PER_UNIT))
            patterns = (self.patterns[place] for place in sorted(pattern_numbers))
            redacted[text], found = replace_secrets(
                text,
                (pattern for pattern in patterns if not pattern.beside or pattern.beside in text.lower()),
            )
            counts.update(found)
        if self._on_secrets:
            for kind, count in counts.items():
                self._on_secrets(kind, count)
        return Redaction(redacted, counts)


def replace_secrets(text: str, patterns: Iterable[Pattern]) -> tuple[str, Counter[str]]:
    """Apply the patterns in their order; returns the text without secrets, and how many of each kind were in it."""
    counts = Counter[str]()
    for pattern in patterns:
        passed_over = 0

        def replaced(match: re.Match[str], mark: str = f"[REDACTED:{pattern.kind}]") -> str:
            nonlocal passed_over
            # The last group is code; the others are kept. (A template would be parsed again for each match.)
            *retained, code = match.groups("")
            if not code:
                return "".join(retained) + mark
            passed_over += 1
            return match[0]

        replacement = replaced if "code" in pattern.expression.groupindex else pattern.replacement
        text, count = pattern.expression.subn(replacement, text)
        if count > passed_over:
            counts[pattern.kind] += count - passed_over
    return text, counts
