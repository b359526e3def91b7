"""Made-up secrets of every usual kind, and the search for what is left of them in a insights that was sent them."""

import random
import string
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import polars
import redis

MIXED = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
#: How many characters of a secret, from its beginning or its end, count as the secret.
TRACE = 12

#: kind → how it stands in a text; each {name:length} is random, made of what the name says.
SHAPES = [
    ("insights_key", "dkd_sk_{mixed:43}"),
    ("aws_access_key", "AKIA{upper:16}"),
    ("aws_secret_key", "aws_secret_access_key = {mixed:40}"),
    ("github_token", "ghp_{mixed:36}"),
    ("github_token", "github_pat_{mixed:60}"),
    ("gitlab_token", "glpat-{mixed:20}"),
    ("anthropic_key", "sk-ant-api03-{mixed:80}"),
    ("openai_key", "sk-proj-{mixed:60}"),
    ("slack_token", "xoxb-{mixed:30}"),
    ("slack_webhook", "https://hooks.slack.com/services/T00000000/B00000000/{mixed:24}"),
    ("google_key", "AIza{mixed:35}"),
    ("google_token", "ya29.{mixed:60}"),
    ("stripe_key", "sk_live_{mixed:24}"),
    ("npm_token", "npm_{mixed:36}"),
    ("pypi_token", "pypi-{mixed:80}"),
    ("huggingface_token", "hf_{mixed:34}"),
    ("sendgrid_key", "SG.{mixed:22}.{mixed:43}"),
    ("digitalocean_token", "dop_v1_{hex:64}"),
    ("databricks_token", "dapi{hex:32}"),
    ("vault_token", "hvs.{mixed:24}"),
    ("age_key", "AGE-SECRET-KEY-1{upper:58}"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJ{mixed:40}.{mixed:22}"),
    ("url_password", "postgres://app:{mixed:16}@db:5432/shop"),
    ("url_password", "curl -u deploy:{mixed:16} https://example.org"),
    ("url_token", "https://7{mixed:24}@example.org"),
    ("authorization", "Authorization: Basic {mixed:28}"),
    ("bearer_token", "bearer {mixed:32}"),
    ("secret", 'password = "{mixed:16}"'),
    ("secret", "--api-key {mixed:32}"),
    ("token", "token: 7{mixed:32}"),
    (
        "private_key",
        "-----BEGIN RSA PRIVATE KEY-----\n{mixed:64}\n{mixed:64}\n{mixed:40}\n-----END RSA PRIVATE KEY-----",
    ),
]
LETTERS = {"mixed": MIXED, "upper": UPPER, "hex": HEX}


class Canary(NamedTuple):
    """One secret: its kind, how it stands in a text, and what must be found nowhere."""

    kind: str
    text: str
    traces: frozenset[str]


def make(count: int, seed: int) -> list[Canary]:
    """So many secrets, all kinds in turn."""
    chance = random.Random(seed)
    return [_canary(chance, *SHAPES[number % len(SHAPES)]) for number in range(count)]


def traces_of(secret: str) -> set[str]:
    """Its beginning and its end: whichever of them is found, not all of it was taken out."""
    return {secret[:TRACE], secret[-TRACE:]}


def _canary(chance: random.Random, kind: str, shape: str) -> Canary:
    text, traces = "", set()
    for literal, name, length, _ in string.Formatter().parse(shape):
        text += literal
        if name is not None and length is not None:
            secret = "".join(chance.choices(LETTERS[name], k=int(length)))
            traces |= traces_of(secret)
            text += secret
    return Canary(kind, text, frozenset(traces))


def found(traces: Iterable[str], text: str) -> list[str]:
    """Which of them are in the text."""
    return [trace for trace in traces if trace in text]


def files_with(traces: Iterable[str], folder: Path, but: str) -> list[str]:
    """The files under the folder, whatever they are, that hold any of them; one file is left out by its name."""
    done = subprocess.run(
        ["grep", "-rlaF", f"--exclude={but}", "-f", "-", str(folder)],
        input="\n".join(traces),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def everything_in(url: str) -> str:
    """All keys and values of a Redis."""
    with closing(redis.Redis.from_url(url)) as client:
        return "\n".join(repr((key, _value(client, key))) for key in client.scan_iter())


def _value(client: redis.Redis, key: bytes) -> Any:
    kind = client.type(key)
    if kind == b"string":
        return client.get(key)
    if kind == b"hash":
        return client.hgetall(key)
    if kind == b"list":
        return client.lrange(key, 0, -1)
    if kind == b"set":
        return client.smembers(key)
    if kind == b"zset":
        return client.zrange(key, 0, -1, withscores=True)
    return client.xrange(key)


def decoded(folder: Path) -> Iterator[str]:
    """Every Parquet file under the folder as plain text."""
    for path in sorted(folder.rglob("*.parquet")):
        yield polars.read_parquet(path).write_ndjson()
