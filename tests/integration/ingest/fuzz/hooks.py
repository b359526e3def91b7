"""What schemathesis is taught for the run: to pack what it calls packed, to be patient, and to note what was taken."""

import gzip
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.transport.serialization import serialize_json

LEDGER = Path(os.environ["FUZZ_LEDGER"])
#: One wish to wait in so many is heard: each takes a tenth of a second, and all of them most of the run.
PATIENCE = 10
wishes = itertools.count()


@schemathesis.serializer("application/json")
def written(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A body as its Content-Encoding says; schemathesis itself would name gzip and send plain JSON."""
    parts = serialize_json(value)
    plain = parts["data"] if "data" in parts else json.dumps(parts["json"]).encode()
    packed = (context.case.headers or {}).get("Content-Encoding") == "gzip"
    return gzip.compress(plain) if packed else plain


@schemathesis.hook
def filter_headers(context: schemathesis.HookContext, headers: dict[str, Any]) -> bool:
    """An empty list of codings is none (RFC 9110, 5.6.1), and so no mistake that has to be refused."""
    return (headers or {}).get("Content-Encoding") != ""


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Take most wishes to wait back."""
    if "Prefer" in (case.headers or {}) and next(wishes) % PATIENCE:
        del case.headers["Prefer"]


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response
) -> None:
    """Note what a POST was promised."""
    if response.request.method == "POST" and response.status_code < 300:
        with LEDGER.open("a") as ledger:
            ledger.writelines(f"{upload_id}\n" for upload_id in upload_ids(response.json()))


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext,
    failure: Exception,
    case: schemathesis.Case,
    response: schemathesis.Response,
) -> bool:
    """That the sums of many rows end somewhere is a rule that no schema can hold."""
    return b"adds up to more than" not in response.content


def upload_ids(answer: Any) -> Iterator[str]:
    """The ids in an answer, of one upload or many; null where nothing was kept."""
    for item in answer if isinstance(answer, list) else [answer]:
        if item["upload_id"]:
            yield item["upload_id"]
