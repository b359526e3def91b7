"""The first start hands over a request that works as it is."""

import json
import shlex
from datetime import UTC, datetime

from db.accounts.administration import Credentials
from standalone.first_run import first_upload, welcome

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8080"


def uploaded_session() -> dict[str, object]:
    command = shlex.split(first_upload("dkd_sk_key", ADDRESS, NOW))
    return json.loads(command[command.index("-d") + 1])


def test_the_request_is_one_line_with_key_and_address():
    request = first_upload("dkd_sk_key", ADDRESS, NOW)

    assert request.startswith(f"curl -sS -X POST {ADDRESS}/api/v1/sessions -H 'X-API-Key: dkd_sk_key'")
    assert "\n" not in request


def test_its_session_ended_just_now():
    session = uploaded_session()

    assert (session["started_at"], session["ended_at"]) == ("2026-11-22T11:48:00Z", "2026-11-22T11:59:00Z")


def test_each_first_run_has_a_session_of_its_own():
    assert uploaded_session()["session_id"] != uploaded_session()["session_id"]


def test_the_welcome_shows_name_password_and_key():
    words = welcome(Credentials("admin", "dkd_sk_key", "s3cret-pass"), ADDRESS, NOW).split()

    assert {"admin", "s3cret-pass", "dkd_sk_key"} <= set(words)
