"""Secrets out of text, before anything is stored: each becomes [REDACTED:kind]. Best effort, bounded, linear."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from string import ascii_lowercase, digits
from typing import NamedTuple

# An end for values that grow without a fixed length; the longest keys in the wild are far shorter.
LONGEST = 4000
QUOTE = r"(?:\\{0,3}[\"'])"
ASSIGNED = rf"{QUOTE}?[ \t]{{0,3}}(?::=|=>|[:=])[ \t]{{0,3}}"
SCHEMES = "bearer|basic|token|digest|apikey"
PLAIN = r"[^\s\"'\\,;<>{}$()\[\]`|&]"
#: Names whose value is a secret. They begin with a set, not with an alternative, so that the search can skip ahead.
REVEALING_NAME = (
    r"[kKpPsStT](?i:ass(?<=pass)(?:word|wd|phrase)|ecret(?<=secret)(?:[_-]?(?:access[_-]?)?key)?"
    r"|ey(?:(?<=apikey)|(?<=api[_-]key)|(?<=accesskey)|(?<=access[_-]key)|(?<=account[_-]key)|(?<=accountkey)"
    r"|(?<=private[_-]key)|(?<=encryption[_-]key))"
    r"|oken(?:(?<=authtoken)|(?<=auth[_-]token)|(?<=accesstoken)|(?<=access[_-]token)|(?<=refresh[_-]token)"
    r"|(?<=refreshtoken)))"
)
REVEALING_WORDS = ("password", "passwd", "passphrase", "secret", "key", "token")
GUARD = r"\\{0,3}[\"']?[ \t]{0,3}[:=]"
#: What stands after a secret's name in code, and is none itself.
HARMLESS = (
    r"(?!\[REDACTED|(?i:(?:os|self|this|process|config|settings|env|request|args)\."
    r"|(?:none|null|nil|true|false|undefined|string|str)\b))"
)
#: A word before a bracket is a call or a lookup: passed over as a whole, since going back into it would cost too much.
CODE = r"(?P<code>[(\[])?"

#: What ends in a letter or digit and is no part of the word behind it: \n and \u003d of JSON, %3D of addresses.
ESCAPES = (r"\\[bfnrt]", r"\\u[0-9a-fA-F]{4}", r"%[0-9a-fA-F]{2}")
#: The end of what colours a terminal, as in \x1b[31m.
COLOUR = r"\dm"
LETTERS, NAMES = "A-Za-z0-9", r"\w-"

# What well-known keys are made of, all as x; everything else separates words.
WORD_TABLE = bytes(ord("x" if chr(byte) in f"{ascii_lowercase}{digits}_-." else " ") for byte in range(256))
SHORTEST_KEY = 20
LONG_WORD = b"x" * SHORTEST_KEY


class Haystack:
    """All texts of one upload, lower-cased, to see which patterns are worth trying."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.whole = "\n".join(texts).encode("utf-8", "replace").lower()
        #: The words long enough to be a key: a small part of any text, and all that most patterns need to see.
        self.long_words = b" ".join(self._long_words())

    def _long_words(self) -> Iterator[bytes]:
        """Where twenty letters of a word stand in a row, the rest of the word is taken along."""
        mask = self.whole.translate(WORD_TABLE) + b" "
        begin = mask.find(LONG_WORD)
        while begin >= 0:
            end = mask.find(b" ", begin)
            yield self.whole[begin:end]
            begin = mask.find(LONG_WORD, end)


class Pattern(NamedTuple):
    """One kind of secret, and what must be in the haystack for it to be worth trying at all."""

    kind: str
    expression: re.Pattern[str]
    #: What takes the secret's place; \1 keeps what stood before it.
    replacement: str
    #: One of these must be there ...
    needles: list[bytes]
    #: ... inside a long word, or anywhere ...
    is_key: bool = False
    #: ... followed by this, where that is given.
    guard: str = ""


def _pattern(kind: str, needles: str, expression: str, kept: str = r"\1") -> Pattern:
    """A pattern that needs one of these words to be somewhere in the text."""
    return Pattern(kind, re.compile(expression), f"{kept}[REDACTED:{kind}]", needles.encode().split())


def _starts(head: str, middle: str = LETTERS, before: Sequence[str] = (*ESCAPES, COLOUR)) -> str:
    """Matches behind a head that begins a word: none of `middle` stands in front of it, or all of a `before` does."""
    return f"(?:(?<![{middle}]{head}){''.join(f'|(?<={way}{head})' for way in before)})"


def _key(kind: str, needles: str, expression: str) -> Pattern:
    """A well-known key: a single word of at least SHORTEST_KEY letters, digits and _-. that holds a needle."""
    return Pattern(kind, re.compile(expression), f"[REDACTED:{kind}]", needles.encode().split(), is_key=True)


def _token(kind: str, head: str, rest: str) -> Pattern:
    """A key with a fixed beginning, at the start of a word. The literal comes first: that makes the search fast."""
    return _key(kind, head.lower(), f"{re.escape(head)}{_starts(re.escape(head))}{rest}")


# Each is linear whatever it is given: a part that something must follow is possessive, and no head that begins such
# a part may stand inside another's. The order counts: a whole block or a well-known key first, then what is only
# known by its name.
PATTERNS = (
    _pattern(
        "private_key",
        "-----begin",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        # No possessive groups: before Python 3.11.5 they match less than they should.
        r"(?:(?:[^-]++|-(?!----)){0,100}-----END [A-Z0-9 ]{0,40}-----"
        r"|(?:(?:\s|\\[nr]){0,8}[A-Za-z0-9+/=]{20,}+){0,2000})",
        "",
    ),
    _key(
        "aws_access_key",
        "akia asia abia acca",
        rf"A{_starts('A')}(?:KIA|SIA|BIA|CCA)[A-Z0-9]{{16}}(?![A-Za-z0-9])",
    ),
    _pattern(
        "aws_secret_key",
        "secret",
        rf"([sS](?i:ecret[_-]?(?:access[_-]?)?key){ASSIGNED}{QUOTE}?)[A-Za-z0-9/+=]{{40}}(?![A-Za-z0-9/+=])",
    ),
    _key("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", rf"gh{_starts('gh')}[pousr]_[A-Za-z0-9_]{{20,255}}"),
    _token("github_token", "github_pat_", r"[A-Za-z0-9_]{20,255}"),
    _key(
        "gitlab_token",
        "glpat- glptt- gldt- glrt- glcbt- glft- glsoat- glagent- gloas-",
        rf"gl{_starts('gl')}(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas)-[A-Za-z0-9_.-]{{16,255}}",
    ),
    _token("anthropic_key", "sk-ant-", rf"[A-Za-z0-9_-]{{16,{LONGEST}}}"),
    _token("openai_key", "sk-", rf"(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{{20,{LONGEST}}}"),
    _token("slack_token", "xox", r"[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{15,255}"),
    _token("slack_token", "xapp-", r"[A-Za-z0-9-]{15,255}"),
    _pattern(
        "slack_webhook",
        "hooks.slack.com",
        r"(hooks\.slack\.com/(?:services|workflows)/)[A-Za-z0-9/_-]{20,200}",
    ),
    _token("google_key", "AIza", r"[A-Za-z0-9_-]{35}"),
    _token("google_token", "ya29.", rf"[A-Za-z0-9_-]{{20,{LONGEST}}}"),
    _token("google_token", "GOCSPX-", r"[A-Za-z0-9_-]{20,255}"),
    _key("stripe_key", "k_live_ k_test_", rf"[rs]{_starts('[rs]')}k_(?:live|test)_[A-Za-z0-9]{{16,255}}"),
    _pattern("stripe_key", "whsec_", rf"whsec_{_starts('whsec_')}[A-Za-z0-9+/=]{{16,255}}", ""),
    _token("npm_token", "npm_", r"[A-Za-z0-9]{36}"),
    _token("pypi_token", "pypi-", rf"[A-Za-z0-9_-]{{50,{LONGEST}}}"),
    _token("huggingface_token", "hf_", r"[A-Za-z0-9]{30,64}"),
    _token("sendgrid_key", "SG.", r"[A-Za-z0-9_-]{16,64}+\.[A-Za-z0-9_-]{16,128}+"),
    _key("digitalocean_token", "_v1_", rf"do{_starts('do')}[opr]_v1_[a-f0-9]{{64}}"),
    _token("databricks_token", "dapi", r"[a-f0-9]{32}"),
    _token("vault_token", "hvs.", rf"[A-Za-z0-9_-]{{20,{LONGEST}}}+"),
    _token("age_key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    _key(
        "jwt",
        "eyj",
        rf"eyJ{_starts('eyJ', NAMES, ESCAPES)}"
        rf"[A-Za-z0-9_-]{{8,{LONGEST}}}+\.eyJ[A-Za-z0-9_-]{{8,{LONGEST}}}+\.[A-Za-z0-9_-]{{0,{LONGEST}}}+",
    ),
    _pattern(
        "url_password",
        "://",
        r"(://[^\s/:@\"'<>]{0,100}:)(?!\[REDACTED)[^\s/\"'<>]{1,200}(?=@[\w\[.-])",
    ),
    _pattern("url_token", "://", r"(://)(?=[A-Za-z_-]{0,60}+\d)[A-Za-z0-9_-]{16,200}+(?=@[\w\[.-])"),
    _pattern(
        "url_password",
        "curl",
        rf"(-{_starts('-', NAMES)}(?:u|-user)[ \t]{{1,3}}{QUOTE}?[^\s:\"'/]{{1,100}}+:)"
        rf"(?!\[REDACTED|\d+(?!\S)){PLAIN}{{3,200}}+",
    ),
    _pattern(
        "authorization",
        "authorization",
        rf"([aA](?i:uthorization{QUOTE}?[ \t]{{0,3}}[:=,][ \t]{{0,3}}{QUOTE}?(?:(?:{SCHEMES})[ \t]{{1,3}})?))"
        rf"(?!\[REDACTED|(?i:{SCHEMES})\b){PLAIN}{{6,{LONGEST}}}",
    ),
    _pattern(
        "bearer_token",
        "bearer",
        rf"([bB](?i:earer)[ \t]{{1,3}})(?!\[REDACTED)[A-Za-z0-9._~+/=-]{{16,{LONGEST}}}",
    ),
    # In quotes nearly anything; after a bare = a plain word; after other signs a plain word that has a digit.
    Pattern(
        "secret",
        re.compile(
            rf"({REVEALING_NAME})(?:({ASSIGNED}{QUOTE})(?!\[REDACTED)[^\r\n\"'\\]{{4,500}}+"
            rf"|(?:(=){HARMLESS}{PLAIN}{{4,500}}+"
            rf"|({ASSIGNED}){HARMLESS}(?=\D{{0,60}}+\d){PLAIN}{{6,500}}+){CODE})"
        ),
        r"\1\2\3\4[REDACTED:secret]",
        [word.encode() for word in REVEALING_WORDS],
        guard=GUARD,
    ),
    _pattern(
        "secret",
        "--",
        r"(--(?:[a-z]{1,20}-){0,2}(?:password|token|secret|(?:(?<=api-)|(?<=access-)|(?<=private-))key)"
        rf"[ =]{QUOTE}?){HARMLESS}{PLAIN}{{6,500}}",
    ),
    _pattern(
        "token",
        "token",
        rf"([tT](?i:oken){ASSIGNED}{QUOTE}?)(?=[^\s\d]{{0,60}}+\d)[A-Za-z0-9_./+=-]{{16,{LONGEST}}}+{CODE}",
    ),
)


class Redactor:
    """Knows every pattern, that of our own API keys included."""

    def __init__(
        self, key_prefix: str, found: Callable[[str, int], None] = lambda _kind, _count: None
    ) -> None:
        """`found` hears of each kind of secret that is taken out, and how many."""
        self._found = found
        self.patterns = (_token("insights_key", key_prefix, r"[A-Za-z0-9_-]{20,255}"), *PATTERNS)
        # Two flat tables to go through for each upload, most of which have nothing to hide.
        self._anywhere = _traces(self.patterns, in_keys=False)
        self._in_keys = _traces(self.patterns, in_keys=True)

    def over(self, texts: Iterable[str]) -> "Redaction":
        """Look at all texts of an upload at once: what can't match anywhere is then not tried on each."""
        haystack = Haystack(texts)
        hits = {place for trace in self._anywhere for place in trace.places_in(haystack.whole)}
        if haystack.long_words:
            hits.update(place for trace in self._in_keys for place in trace.places_in(haystack.long_words))
        return Redaction([self.patterns[place] for place in sorted(hits)], self._found)


class Trace(NamedTuple):
    """A word that betrays that some patterns may match."""

    needle: bytes
    #: Where these patterns stand in the list, each with what must follow the word.
    patterns: list[tuple[int, re.Pattern[bytes] | None]]

    def places_in(self, text: bytes) -> Iterable[int]:
        """The patterns worth trying on this text, as far as this word can tell."""
        if self.needle not in text:
            return ()
        return [place for place, guard in self.patterns if guard is None or guard.search(text)]


def _traces(patterns: Sequence[Pattern], *, in_keys: bool) -> list[Trace]:
    """Each word once, whatever number of patterns it leads to."""
    leads: defaultdict[bytes, list[tuple[int, re.Pattern[bytes] | None]]] = defaultdict(list)
    for place, pattern in enumerate(patterns):
        if pattern.is_key == in_keys:
            for needle in pattern.needles:
                # A guard that begins with plain letters is found as fast as the letters.
                guard = re.compile(re.escape(needle) + pattern.guard.encode()) if pattern.guard else None
                leads[needle].append((place, guard))
    return [Trace(needle, found) for needle, found in leads.items()]


class Redaction:
    """What one upload needs: the patterns that may match in it, and a count of what they did."""

    def __init__(self, patterns: list[Pattern], found: Callable[[str, int], None]) -> None:
        self._patterns = patterns
        self._found = found
        #: How many secrets of each kind were taken out.
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """The text without its secrets."""
        for pattern in self._patterns:
            passed_over = 0

            def replaced(match: re.Match[str], replacement: str = pattern.replacement) -> str:
                nonlocal passed_over
                if match["code"] is None:
                    return match.expand(replacement)
                passed_over += 1
                return match[0]

            replacement = replaced if "code" in pattern.expression.groupindex else pattern.replacement
            text, count = pattern.expression.subn(replacement, text)
            if count > passed_over:
                self.counts[pattern.kind] += count - passed_over
                self._found(pattern.kind, count - passed_over)
        return text
