"""What a secret looks like: the patterns that redaction applies, as data. Each is linear whatever text it is given."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

Part = Literal["whole", "long_words", "names"]
#: A well-known key is one word of at least so many letters, digits and _-.
MIN_KEY_LENGTH = 20
# An end for values that grow without a fixed length; the longest keys in the wild are far shorter.
MAX_SECRET_LENGTH = 4000
QUOTE = r"(?:\\{0,3}[\"'])"
ASSIGNED = rf"{QUOTE}?[ \t]{{0,3}}(?::=|=>|[:=])[ \t]{{0,3}}"
SCHEMES = "bearer|basic|token|digest|apikey"
PLAIN = r"[^\s\"'\\,;<>{}$()\[\]`|&]"
#: Names whose value is a secret. They begin with a set, not with an alternative, so that the search can skip ahead.
REVEALING_NAME = (
    r"[kKpPsStTAC](?:(?i:ass(?<=pass)(?:word|wd|phrase)|ecret(?<=secret)(?:[_-]?(?:access[_-]?)?key)?"
    r"|ey(?:(?<=apikey)|(?<=api[_-]key)|(?<=accesskey)|(?<=access[_-]key)|(?<=account[_-]key)|(?<=accountkey)"
    r"|(?<=private[_-]key)|(?<=encryption[_-]key))"
    r"|oken(?:(?<=authtoken)|(?<=auth[_-]token)|(?<=accesstoken)|(?<=access[_-]token)|(?<=refresh[_-]token)"
    r"|(?<=refreshtoken)))"
    # In small letters these mean too much else.
    r"|ASS(?<=_PASS)|WD(?<=_PWD)|UTH(?<=_AUTH)|RED(?:S(?<=_CREDS)|ENTIALS?(?:(?<=_CREDENTIAL)|(?<=_CREDENTIALS))))"
)
REVEALING_WORDS = r"pass(?:word|wd|phrase)? pwd secret key token auth cred(?:s|entials?)"
#: Names whose value is a secret where it looks like one: long, and with a digit.
TELLING_NAME = (
    r"[aAcCkKpPtT](?i:oken|uth(?<=auth)|redentials?"
    r"|ey[_-](?:(?<=key[_-])base|data(?<=client[_-]key[_-]data))|rivatekey)"
)
TELLING_WORDS = r"token auth cred(?:s|entials?) key key[_-](?:base|data)"
#: What is behind such a word where it is assigned something, in the haystack of names.
ASSIGNING = r"\\{0,3}[\"']?[ \t]{0,3}:"
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


class Pattern(NamedTuple):
    """One kind of secret, and what must be in the haystack for it to be worth trying at all."""

    kind: str
    expression: re.Pattern[str]
    #: What takes the secret's place; \1 keeps what stood before it.
    replacement: str
    #: One of these must be there: expressions that begin with plain letters, which are found fastest.
    needles: list[str]
    #: In which part of the haystack.
    part: Part = "whole"
    #: A word that must be in the same text as well.
    beside: str = ""


def _pattern(kind: str, needles: str, expression: str, retained: str = r"\1", guard: str = "") -> Pattern:
    """A pattern that needs one of these words to be somewhere in the text, with the guard behind it."""
    words = [word + guard for word in needles.split()]
    return Pattern(kind, re.compile(expression), f"{retained}[REDACTED:{kind}]", words)


def _named(kind: str, names: str, expression: str, retained: str = r"\1") -> Pattern:
    """A pattern that needs something to be assigned to a name that ends so."""
    pattern = _pattern(kind, names, expression, retained, guard=ASSIGNING)
    return pattern._replace(part="names")


def _starts(head: str, middle: str = LETTERS, before: Sequence[str] = (*ESCAPES, COLOUR)) -> str:
    """Matches behind a head that begins a word: none of `middle` stands in front of it, or all of a `before` does."""
    return f"(?:(?<![{middle}]{head}){''.join(f'|(?<={path}{head})' for path in before)})"


def _key(kind: str, needles: str, expression: str) -> Pattern:
    """A well-known key: a single word of at least MIN_KEY_LENGTH letters, digits and _-. that holds a needle."""
    return Pattern(
        kind, re.compile(expression), f"[REDACTED:{kind}]", [*map(re.escape, needles.split())], "long_words"
    )


def token_pattern(kind: str, head: str, remainder: str) -> Pattern:
    """A key with a fixed beginning, at the start of a word. The literal comes first: that makes the search fast."""
    return _key(kind, head.lower(), f"{re.escape(head)}{_starts(re.escape(head))}{remainder}")


#: What stands between the lines of a key that is shown: escapes, numbers, the signs of a diff, quotes.
MARGIN = r"(?:[\s→|>+#*\"',-]|\\[nrt]|\d{1,6}(?=[\t→:|]))"
_RANDOM = "[A-Za-z0-9]"
#: Keys of services that begin with a word of their own.
PROVIDERS = (
    ("gsk_", rf"{_RANDOM}{{40,64}}"),
    ("xai-", rf"{_RANDOM}{{60,100}}"),
    ("pplx-", rf"{_RANDOM}{{40,64}}"),
    ("r8_", rf"{_RANDOM}{{32,64}}"),
    ("tvly-", r"[A-Za-z0-9-]{24,64}"),
    ("lsv2_", r"(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    ("ATATT3", r"[A-Za-z0-9_=-]{50,400}"),
    ("ATBB", rf"{_RANDOM}{{24,64}}"),
    ("dckr_pat_", r"[A-Za-z0-9_-]{20,64}"),
    ("shp", r"(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("lin_api_", rf"{_RANDOM}{{32,64}}"),
    ("ntn_", rf"{_RANDOM}{{40,64}}"),
    ("secret_", rf"{_RANDOM}{{43}}"),
    ("figd_", r"[A-Za-z0-9_-]{36,64}"),
    ("sntry", r"[su]_[A-Za-z0-9_=+/-]{40,400}"),
    ("dp.", rf"(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{{2,35}}\.)?{_RANDOM}{{40,44}}"),
    ("sbp_", r"[a-f0-9]{40}"),
    ("sb_secret_", r"[A-Za-z0-9_-]{20,64}"),
    ("pscale_", r"(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}"),
    ("PMAK-", r"[a-f0-9]{24}-[a-f0-9]{34}"),
    ("glsa_", r"[A-Za-z0-9]{32}_[a-fA-F0-9]{8}"),
    ("glc_", r"[A-Za-z0-9+/=]{32,400}"),
    ("NRAK-", r"[A-Z0-9]{27}"),
    ("rubygems_", r"[a-f0-9]{48}"),
    ("CCIPAT_", r"[A-Za-z0-9]{22}_[a-f0-9]{40}"),
    ("bkua_", r"[a-f0-9]{40}"),
    ("pul-", r"[a-f0-9]{40}"),
    ("AKCp", rf"{_RANDOM}{{60,80}}"),
    ("ops_eyJ", rf"[A-Za-z0-9_-]{{100,{MAX_SECRET_LENGTH}}}"),
    ("fm2_", rf"[A-Za-z0-9+/=]{{60,{MAX_SECRET_LENGTH}}}"),
    ("key-", r"[a-f0-9]{32}(?![A-Za-z0-9])"),
)

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
        rf"|(?:{MARGIN}{{0,24}}[A-Za-z0-9+/=]{{20,}}+){{0,2000}})",
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
        rf"([sS](?i:ecret[_-]?(?:access[_-]?)?key)(?:{ASSIGNED}|[ \t]{{1,3}}){QUOTE}?)"
        r"[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])",
    ),
    _key("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", rf"gh{_starts('gh')}[pousr]_[A-Za-z0-9_]{{20,255}}"),
    token_pattern("github_token", "github_pat_", r"[A-Za-z0-9_]{20,255}"),
    _key(
        "gitlab_token",
        "glpat- glptt- gldt- glrt- glcbt- glft- glsoat- glagent- gloas-",
        rf"gl{_starts('gl')}(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas)-[A-Za-z0-9_.-]{{16,255}}",
    ),
    token_pattern("anthropic_key", "sk-ant-", rf"[A-Za-z0-9_-]{{16,{MAX_SECRET_LENGTH}}}"),
    token_pattern(
        "openai_key", "sk-", rf"(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{{20,{MAX_SECRET_LENGTH}}}"
    ),
    token_pattern("slack_token", "xox", r"[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{15,255}"),
    # Its signs separate words, so that it need not be a long one.
    token_pattern("slack_token", "xoxd-", r"[A-Za-z0-9%+/=_-]{15,500}")._replace(part="whole"),
    token_pattern("slack_token", "xapp-", r"[A-Za-z0-9-]{15,255}"),
    _pattern(
        "slack_webhook",
        "hooks",
        r"(hooks\.slack\.com/(?:services|workflows)/)[A-Za-z0-9/_-]{20,200}",
    ),
    token_pattern("google_key", "AIza", r"[A-Za-z0-9_-]{35}"),
    token_pattern("google_token", "ya29.", rf"[A-Za-z0-9_-]{{20,{MAX_SECRET_LENGTH}}}"),
    token_pattern("google_token", "GOCSPX-", r"[A-Za-z0-9_-]{20,255}"),
    _key("stripe_key", "k_live_ k_test_", rf"[rs]{_starts('[rs]')}k_(?:live|test)_[A-Za-z0-9]{{16,255}}"),
    _pattern("stripe_key", "whsec_", rf"whsec_{_starts('whsec_')}[A-Za-z0-9+/=]{{16,255}}", ""),
    token_pattern("npm_token", "npm_", r"[A-Za-z0-9]{36}"),
    token_pattern("pypi_token", "pypi-", rf"[A-Za-z0-9_-]{{50,{MAX_SECRET_LENGTH}}}"),
    token_pattern("huggingface_token", "hf_", r"[A-Za-z0-9]{30,64}"),
    token_pattern("sendgrid_key", "SG.", r"[A-Za-z0-9_-]{16,64}+\.[A-Za-z0-9_-]{16,128}+"),
    _key("digitalocean_token", "_v1_", rf"do{_starts('do')}[opr]_v1_[a-f0-9]{{64}}"),
    token_pattern("databricks_token", "dapi", r"[a-f0-9]{32}"),
    token_pattern("vault_token", "hvs.", rf"[A-Za-z0-9_-]{{20,{MAX_SECRET_LENGTH}}}+"),
    token_pattern("age_key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    _key(
        "jwt",
        "eyj",
        rf"eyJ{_starts('eyJ', NAMES, ESCAPES)}"
        # Of an encrypted one only the first of five parts begins so.
        rf"[A-Za-z0-9_-]{{8,{MAX_SECRET_LENGTH}}}+\.[A-Za-z0-9_-]{{8,{MAX_SECRET_LENGTH}}}+\.[A-Za-z0-9_-]{{0,{MAX_SECRET_LENGTH}}}+"
        rf"(?:\.[A-Za-z0-9_-]{{8,{MAX_SECRET_LENGTH}}}+){{0,2}}",
    ),
    *(token_pattern("api_key", head, remainder) for head, remainder in PROVIDERS),
    _key("api_key", "aa", r"AA(?<=\d{8}:AA)[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    _key("api_key", ".atlasv1.", r"\.atlasv1\.[A-Za-z0-9_-]{60,255}"),
    _pattern("webhook", "hooks", r"(/api/webhooks/\d{5,25}/)[A-Za-z0-9_-]{30,200}"),
    _pattern(
        "url_password",
        r"://[^\s/\"'<>@]{0,310}@",
        r"(://[^\s/:@\"'<>]{0,100}:)(?!\[REDACTED)[^\s/\"'<>]{1,200}(?=@[\w\[.-])",
    ),
    _pattern(
        "url_token",
        r"://[^\s/\"'<>@]{0,310}@",
        r"(://)(?=[A-Za-z_-]{0,60}+\d)[A-Za-z0-9_-]{16,200}+(?=@[\w\[.-])",
    ),
    _pattern(
        "url_password",
        "-u",
        rf"(-{_starts('-', NAMES)}(?:u[ \t]{{0,3}}|-user[ \t=]{{1,3}}){QUOTE}?[^\s:\"'/]{{1,100}}+:)"
        rf"(?!\[REDACTED|\d+(?!\S)){PLAIN}{{3,200}}+",
    )._replace(beside="curl"),
    _pattern(
        "authorization",
        "authorization",
        rf"([aA](?i:uthorization{QUOTE}?[ \t]{{0,3}}[:=,][ \t]{{0,3}}{QUOTE}?(?:(?:{SCHEMES})[ \t]{{1,3}})?))"
        rf"(?!\[REDACTED|(?i:{SCHEMES})\b){PLAIN}{{6,{MAX_SECRET_LENGTH}}}",
    ),
    _pattern(
        "bearer_token",
        "bearer",
        rf"([bB](?i:earer)[ \t]{{1,3}})(?!\[REDACTED)[A-Za-z0-9._~+/=-]{{16,{MAX_SECRET_LENGTH}}}",
    ),
    # In quotes nearly anything; after a bare = a plain word; after other signs a plain word that has a digit.
    _named(
        "secret",
        REVEALING_WORDS,
        rf"({REVEALING_NAME})(?:({ASSIGNED}{QUOTE})(?!\[REDACTED)[^\r\n\"'\\]{{4,500}}+"
        rf"|(?:(=){HARMLESS}{PLAIN}{{4,500}}+"
        rf"|({ASSIGNED}){HARMLESS}(?=\D{{0,60}}+\d){PLAIN}{{6,500}}+){CODE})",
    ),
    _pattern(
        "secret",
        "--(?=[a-z])(?:[a-z]{1,20}-){0,2}(?:password|token|secret|key)",
        r"(--(?=[a-z])(?:[a-z]{1,20}-){0,2}(?:password|token|secret|(?:(?<=api-)|(?<=access-)|(?<=private-))key)"
        rf"[ =]{QUOTE}?){HARMLESS}{PLAIN}{{6,500}}",
    ),
    _named(
        "token",
        TELLING_WORDS,
        rf"({TELLING_NAME}{ASSIGNED}{QUOTE}?)(?=[^\s\d]{{0,60}}+\d)[A-Za-z0-9_./+=-]{{16,{MAX_SECRET_LENGTH}}}+{CODE}",
    ),
    _named("cookie", "cookie", rf"([cC]ookie:[ \t]{{0,3}})(?!\[REDACTED)[^\r\n\"']{{8,{MAX_SECRET_LENGTH}}}"),
    _named("secret", "pwd", r"(;[pP](?i:wd)=)(?!\[REDACTED)[^;\s\"']{3,200}"),
    _pattern(
        "secret",
        "<(?:password|passwd|passphrase|secret|apikey|token)>",
        r"(<(?i:password|passwd|passphrase|secret|apikey|token)>)(?!\[REDACTED)[^<>\s]{3,500}+(?=</)",
    ),
    # What is handed to commands.
    _pattern(
        "secret", "sshpass", rf"(sshpass[ \t]{{1,3}}-p[ \t]{{0,3}}{QUOTE}?)(?!\[REDACTED){PLAIN}{{3,200}}"
    ),
    _pattern(
        "secret",
        "mysql",
        r"(mysql[a-z]{0,6}(?:[ \t]{1,3}-[uhP][ \t]?[^\s-]\S{0,60}){0,4}[ \t]{1,3}-p)(?!\[REDACTED)"
        rf"{PLAIN}{{3,200}}",
    ),
    _pattern(
        "secret",
        "login",
        rf"([lL]ogin[ \t]{{1,8}}(?:-u[ \t]{{1,3}})?[^\s-]\S{{0,99}}\s{{1,8}}(?:password|-p)[ \t]{{1,3}}{QUOTE}?)"
        rf"(?!\[REDACTED){PLAIN}{{4,200}}",
        guard=r"[ \t]",
    ),
    # In SQL a password stands in quotes behind the word.
    _pattern("secret", "password", r"([pP](?i:assword) ')(?!\[REDACTED)[^'\r\n]{4,200}(?=')", guard=" '"),
)
