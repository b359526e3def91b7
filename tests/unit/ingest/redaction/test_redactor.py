"""Secrets in text: each of the usual kinds is replaced, and ordinary text is left alone."""

import json
import time

import pytest

from ingest.redaction.redactor import Redaction, Redactor
from ingest.redaction.rules import MAX_SECRET_LENGTH, Pattern

REDACTOR = Redactor("dkd_sk_")
#: Characters of hostile text.
SIZE = 50_000
#: Seconds; many times what one pass over them takes, far less than one pass for each of them would.
SLOW = 0.6
PEM = "-----BEGIN {0}PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bq3\n" * 3 + "-----END {0}PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"


def over(text: str) -> tuple[str, dict[str, int]]:
    redaction = REDACTOR.redact([text])
    return redaction.texts[text], dict(redaction.counts)


def letters(length: int) -> str:
    return ("aB3xY9" * length)[:length]


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("aws_access_key", "AKIA" + "IOSFODNN7EXAMPLE"),
        ("aws_access_key", "ASIA" + "IOSFODNN7EXAMPLE"),
        ("github_token", "ghp_" + letters(36)),
        ("github_token", "ghs_" + letters(36)),
        ("github_token", "github_pat_" + letters(22) + "_" + letters(59)),
        ("gitlab_token", "glpat-" + letters(20)),
        ("gitlab_token", "glrt-" + letters(20)),
        ("anthropic_key", "sk-ant-api03-" + letters(95)),
        ("openai_key", "sk-" + letters(48)),
        ("openai_key", "sk-proj-" + letters(100)),
        ("slack_token", "xoxb-" + "123456789012-" + letters(24)),
        ("slack_token", "xapp-1-" + letters(40)),
        ("google_key", "AIza" + letters(35)),
        ("google_token", "ya29." + letters(60)),
        ("google_token", "GOCSPX-" + letters(28)),
        ("stripe_key", "sk_live_" + letters(24)),
        ("stripe_key", "rk_test_" + letters(24)),
        ("stripe_key", "whsec_" + letters(32)),
        ("npm_token", "npm_" + letters(36)),
        ("pypi_token", "pypi-" + letters(90)),
        ("huggingface_token", "hf_" + letters(34)),
        ("sendgrid_key", "SG." + letters(22) + "." + letters(43)),
        ("digitalocean_token", "dop_v1_" + "0a" * 32),
        ("vault_token", "hvs." + letters(24)),
        ("databricks_token", "dapi" + "0a" * 16),
        ("age_key", "AGE-SECRET-KEY-1" + "QX5" * 19 + "Q"),
        ("jwt", JWT),
        ("jwt", "eyJhbGciOiJSU0EtT0FFUCJ9" + ("." + letters(40)) * 4),
        ("slack_token", "xoxc-123456789012-" + letters(40)),
        ("slack_token", "xoxd-" + letters(30) + "%2B" + letters(20)),
        ("api_key", "gsk_" + letters(52)),
        ("api_key", "xai-" + letters(80)),
        ("api_key", "dckr_pat_" + letters(27)),
        ("api_key", "shpat_" + "0a" * 16),
        ("api_key", "sntryu_" + "0a" * 32),
        ("api_key", "dp.pt." + letters(43)),
        ("api_key", "pscale_tkn_" + letters(43)),
        ("api_key", "PMAK-" + "0a" * 12 + "-" + "0a" * 17),
        ("api_key", "NRAK-" + "Q7X" * 9),
        ("api_key", "ops_eyJ" + letters(200)),
        ("insights_key", "dkd_sk_" + letters(43)),
        ("private_key", PEM.format("RSA ")),
        ("private_key", PEM.format("OPENSSH ")),
        ("private_key", PEM.format("")),
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        *("{}", "see {} there", '{{"x": "{}"}}', "a\n{}\nb", "({})", "é={}"),
        # The letter in front is the end of an escape, not of a word.
        *(r"a\n{}\nb", r"a\\n{}\\nb", r"\t{}", r"a\u003d{}", "?key%3D{}"),
    ],
)
def test_a_well_known_key_is_replaced_wherever_it_stands(kind: str, secret: str, around: str) -> None:
    assert over(around.format(secret)) == (around.format(f"[REDACTED:{kind}]"), {kind: 1})


@pytest.mark.parametrize("kind", ["ghp_", "sk-ant-", "glpat-", "AKIA"])
def test_a_key_in_colour_is_replaced(kind: str) -> None:
    key = kind + "Q7" * (8 if kind == "AKIA" else 18)

    assert key not in over(f"\x1b[1;31m{key}\x1b[0m")[0]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("aws_secret_access_key = " + letters(40), "aws_secret_access_key = [REDACTED:aws_secret_key]"),
        ('"SecretAccessKey": "' + letters(40) + '"', '"SecretAccessKey": "[REDACTED:aws_secret_key]"'),
        ("postgres://app:s3cr3t@db:5432/x", "postgres://app:[REDACTED:url_password]@db:5432/x"),
        ("https://me:p@ss:w0rd@host/x", "https://me:[REDACTED:url_password]@host/x"),
        ("https://abcdefgh12345678ijkl@host/x", "https://[REDACTED:url_token]@host/x"),
        ("curl -s -u alice:hunter2 https://x", "curl -s -u alice:[REDACTED:url_password] https://x"),
        ("curl --user 'alice:hunter2' x", "curl --user 'alice:[REDACTED:url_password]' x"),
        ("redis://:hunter2@cache", "redis://:[REDACTED:url_password]@cache"),
        (
            "https://hooks.slack.com/services/T0/B0/" + letters(24),
            "https://hooks.slack.com/services/[REDACTED:slack_webhook]",
        ),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer [REDACTED:authorization]"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic [REDACTED:authorization]"),
        ('{"Authorization": "token abcdef12"}', '{"Authorization": "token [REDACTED:authorization]"}'),
        ("sent with bearer abcdefghij123456 on", "sent with bearer [REDACTED:bearer_token] on"),
        ("password=hunter2", "password=[REDACTED:secret]"),
        ("PASSWORD = 'correct horse battery'", "PASSWORD = '[REDACTED:secret]'"),
        ('"password": "hunter2"', '"password": "[REDACTED:secret]"'),
        ('{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"[REDACTED:secret]\\"}'),
        ("export API_KEY=abcdef", "export API_KEY=[REDACTED:secret]"),
        ("api-key: abc123def", "api-key: [REDACTED:secret]"),
        ("client_secret => 'abcd'", "client_secret => '[REDACTED:secret]'"),
        ("?access_token=abcd1234&x=1", "?access_token=[REDACTED:secret]&x=1"),
        ("MYSQL_ROOT_PASSWORD: rootpw1", "MYSQL_ROOT_PASSWORD: [REDACTED:secret]"),
        ("login --password hunter22", "login --password [REDACTED:secret]"),
        (
            "aws configure set aws_secret_access_key " + letters(40),
            "aws configure set aws_secret_access_key [REDACTED:aws_secret_key]",
        ),
        ("curl --user=alice:hunter2 x", "curl --user=alice:[REDACTED:url_password] x"),
        (
            "SMTP_PASS=hunter2\nADMIN_PWD: hunter22",
            "SMTP_PASS=[REDACTED:secret]\nADMIN_PWD: [REDACTED:secret]",
        ),
        ("NPM_AUTH='hunter2'", "NPM_AUTH='[REDACTED:secret]'"),
        ("Server=db;Uid=sa;Pwd=hunter2;", "Server=db;Uid=sa;Pwd=[REDACTED:secret];"),
        ("<password>hunter2</password>", "<password>[REDACTED:secret]</password>"),
        ("mysql -u root -h db -phunter2 shop", "mysql -u root -h db -p[REDACTED:secret] shop"),
        ("sshpass -p 'hunter2' ssh x", "sshpass -p '[REDACTED:secret]' ssh x"),
        ("docker login -u me -p hunter2 x", "docker login -u me -p [REDACTED:secret] x"),
        ("machine x login me password hunter2", "machine x login me password [REDACTED:secret]"),
        ("ALTER USER me WITH PASSWORD 'hunter2';", "ALTER USER me WITH PASSWORD '[REDACTED:secret]';"),
        ("Cookie: id=abcdef; a=b\nHost: x", "Cookie: [REDACTED:cookie]\nHost: x"),
        ("_auth=" + letters(40), "_auth=[REDACTED:token]"),
        ("client-key-data: " + letters(400), "client-key-data: [REDACTED:token]"),
        ("PrivateKey = " + letters(43) + "=", "PrivateKey = [REDACTED:token]"),
        ("SECRET_KEY_BASE=" + "0a" * 64, "SECRET_KEY_BASE=[REDACTED:token]"),
        ("123456789:AA" + letters(33), "123456789:[REDACTED:api_key]"),
        ("x.atlasv1." + letters(65), "x[REDACTED:api_key]"),
        (
            "https://discord.com/api/webhooks/123456789/" + letters(68),
            "https://discord.com/api/webhooks/123456789/[REDACTED:webhook]",
        ),
        ("token = 'abcd1234efgh5678'", "token = '[REDACTED:token]'"),
        ("DEPLOY_TOKEN=abcd1234efgh5678", "DEPLOY_TOKEN=[REDACTED:token]"),
    ],
)
def test_a_secret_known_by_what_stands_before_it_is_replaced(text: str, redacted: str) -> None:
    assert over(text)[0] == redacted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "an ordinary sentence about passwords, tokens and keys.",
        "password = get_password()",
        "password: str",
        "let password: String",
        "if password == null:",
        'api_key = os.environ["API_KEY"]',
        "apiKey: process.env.KEY",
        "secret: ${{ secrets.DEPLOY }}",
        "total tokens: 123456789",
        '"max_tokens": 100000',
        "the task-list-of-things-to-do-tomorrow",
        "disk-usage-of-the-whole-machine-2026",
        "risk_live_abcdefghijklmnop",
        "https://example.org:8080/a@b",
        "https://example.org/a:b@c",
        "ssh://deploy@host.example.org/x",
        "curl x; docker run -u 1000:1000 shop",
        "git@github.com:team/shop.git",
        "--- PASS: TestOrders1 (0.00s)",
        "first_pass=model7 OLDPWD=/home/me/work1 author: me1234567890abcdefgh",
        'sessionID := "2026-01-15-test-session"',
        "docker login registry.example.org",
        "mysql -u root -p shop",
        "d3ad4cdc-5657-435d-98fa-0035d53e383d",
        "sort --key 2,2 file",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "[REDACTED:jwt] password=[REDACTED:secret]",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert over(text) == (text, {})


def test_a_private_key_inside_a_json_string_is_replaced() -> None:
    text = json.dumps({"key": PEM.format("EC "), "next": "stays"})

    assert json.loads(over(text)[0]) == {"key": "[REDACTED:private_key]", "next": "stays"}


def test_a_private_key_that_is_cut_off_is_replaced_as_far_as_it_goes() -> None:
    text = "-----BEGIN PRIVATE KEY-----\n" + letters(64) + "\n" + letters(64) + "\nand so on"

    assert over(text)[0] == "[REDACTED:private_key]\nand so on"


@pytest.mark.parametrize(
    "line", ["  {place}\u2192{text}\n", "  {place}\t{text}\n", "+{text}\n", "-{text}\n", "> {text}\n"]
)
def test_a_cut_off_private_key_in_a_listing_or_a_diff_is_replaced(line: str) -> None:
    texts = ["-----BEGIN RSA PRIVATE KEY-----", letters(64), letters(64), letters(64)]
    shown = "".join(line.format(place=place, text=text) for place, text in enumerate(texts, 1))

    assert letters(20) not in over(shown)[0]


def test_a_name_is_seen_among_very_many_others() -> None:
    assert over("a:" * 60_000 + "password=hunter2")[1] == {"secret": 1}


def test_several_secrets_are_counted_by_kind() -> None:
    keys = [f"ghp_{letters(35)}{place}" for place in range(3)]

    assert over(f"{keys} {JWT}")[1] == {"github_token": 3, "jwt": 1}


def test_all_texts_of_an_upload_share_one_count() -> None:
    redaction: Redaction = REDACTOR.redact(["nothing", JWT, f"x {JWT}"])

    assert [redaction.texts[JWT], redaction.texts["nothing"]] == ["[REDACTED:jwt]", "nothing"]
    assert redaction.counts == {"jwt": 2}


def test_redacting_twice_changes_nothing_more() -> None:
    once = over(f"password=hunter2 Authorization: Bearer abcdef123 {JWT} a://b:c@d")[0]

    assert over(once)[0] == once


def test_our_own_prefix_is_the_one_that_is_set() -> None:
    key = "acme_" + letters(43)

    assert Redactor("acme_").redact([key]).texts[key] == "[REDACTED:insights_key]"


HEADS = """
    eyJ SG. sk- sk-ant- sk-proj- ghp_ github_pat_ glpat- xoxb- xapp- AIza ya29. GOCSPX- sk_live_ whsec_ npm_ pypi- hf_
    dop_v1_ dapi hvs. AGE-SECRET-KEY-1 AKIA dkd_sk_ -----BEGIN hooks.slack.com/services/ :// ://a: curl secret_key=
    authorization: bearer password= password: token= token:1 apikey= --token --a- -u key pass secret token ttoken t
"""
SEPARATORS = ["", "-", ".", " "]
PIECES = [
    *(f"{separator}{head}" for head in HEADS.split() for separator in SEPARATORS),
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----a-b",
    "eyJaaaaaaaaa.",
    "eyJ" + "a" * (MAX_SECRET_LENGTH - 10) + ".",
    "password=" * 54 + "(",
    "password:1" + "a" * 490 + "(",
    "token=a1" + "a" * (MAX_SECRET_LENGTH - 10) + "(",
    "t" * 59 + " token=",
    "aws_secret_access_key = " + "a" * 39,
    "SG." + "-SG" * 21,
    "https://" + "a" * 199,
    "curl -u " + "a" * 99,
    "mysql" + " -u a" * 4 + " ",
    "login -u " + "a" * 99 + " ",
    "<password>" + "a" * 499,
    "password '" + "a" * 199,
    "-----BEGIN PRIVATE KEY-----" + "-" * 23,
    "-----BEGIN PRIVATE KEY-----" + "\n1\t" * 12,
    "cookie: " + "a" * 90,
    "sshpass -p ",
    "eyJaaaaaaaa.aaaaaaaa.",
    'password="',
    "\\",
]


@pytest.mark.parametrize("pattern", REDACTOR.patterns, ids=lambda pattern: str(pattern.kind))
def test_no_repetition_makes_a_pattern_slow(pattern: Pattern) -> None:
    texts = [piece * (SIZE // len(piece)) for piece in PIECES]
    slow = [piece for piece, text in zip(PIECES, texts, strict=True) if seconds(pattern, text) > SLOW]

    assert slow == []


@pytest.mark.parametrize("piece", ["-eyJ", "password=" * 54 + "(", "t" * 59 + " token="])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = f"password://{piece * (SIZE // len(piece))}"
    began = time.process_time()

    over(text)

    assert time.process_time() - began < 1.0


def seconds(pattern: Pattern, text: str) -> float:
    began = time.process_time()
    pattern.expression.sub("", text)
    return time.process_time() - began
