"""What schemathesis is taught for the run: to pack what it calls packed, and to note each upload that was taken."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.transport.serialization import serialize_json

LEDGER = Path(os.environ["FUZZ_LEDGER"])


@schemathesis.serializer("application/json")
def written(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A body as its Content-Encoding says; schemathesis itself would name gzip and send plain JSON."""
    parts = serialize_json(value)
    plain = parts["data"] if "data" in parts else json.dumps(parts["json"]).encode()
    packed = (context.case.headers or {}).get("Content-Encoding") == "gzip"
    return gzip.compress(plain) if packed else plain


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response
) -> None:
    """Note what a POST was promised."""
    if response.request.method == "POST" and response.status_code < 300:
        with LEDGER.open("a") as ledger:
            ledger.writelines(f"{upload_id}\n" for upload_id in upload_ids(response.json()))


def upload_ids(answer: Any) -> Iterator[str]:
    """The ids in an answer, of one upload or many; null where nothing was kept."""
    for item in answer if isinstance(answer, list) else [answer]:
        if item["upload_id"]:
            yield item["upload_id"]
