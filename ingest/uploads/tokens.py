"""The token rule: rows of a transcript to responses of a model, so that nothing is counted twice."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from ingest.uploads.schema import TokenRow

#: Rows the agent made up itself, such as "API error": no model answered.
SYNTHETIC = "<synthetic>"


class Response(NamedTuple):
    """One answer of a model. The order of the fields is the order in the stored record."""

    model: str
    at: datetime | None
    tokens_in: int
    tokens_out: int
    cache_read: int
    cache_creation: int


def count_responses(rows: Iterable[TokenRow]) -> list[Response]:
    """Rows with one response_id are one response; without, neighbours with equal model, input and cache are.

    Every figure of a response is the largest of its rows: output grows while the model writes.
    """
    found: dict[object, Response] = {}
    run = 0
    previous = None
    for row in rows:
        if row.model == SYNTHETIC:
            continue
        response = _response(row)
        if row.response_id:
            key: object = row.response_id
            previous = None
        else:
            signature = (response.model, response.tokens_in, response.cache_read, response.cache_creation)
            run += signature != previous
            key = run
            previous = signature
        known = found.get(key)
        found[key] = response if known is None else _larger(known, response)
    return list(found.values())


def _response(row: TokenRow) -> Response:
    return Response(
        row.model or "",
        row.timestamp,
        row.input_tokens or 0,
        row.output_tokens or 0,
        row.cache_read_tokens or 0,
        row.cache_creation_tokens or 0,
    )


def _larger(one: Response, other: Response) -> Response:
    return Response(one.model or other.model, one.at or other.at, *map(max, one[2:], other[2:]))


def by_model(responses: Iterable[Response]) -> list[dict[str, Any]]:
    """The sums of each model, in the order in which the models first answered."""
    sums: dict[str, list[int]] = {}
    for model, _, *tokens in responses:
        known = sums.get(model, (0, 0, 0, 0, 0))
        sums[model] = [retained + new for retained, new in zip(known, (1, *tokens), strict=True)]
    return [model_entry(model, *figures) for model, figures in sums.items()]


def model_entry(model: str, responses: int, *tokens: int) -> dict[str, Any]:
    """One line of the record's `models`; '' is a model that was not reported."""
    tokens_in, tokens_out, cache_read, cache_creation = tokens or (0, 0, 0, 0)
    return {
        "model": model,
        "responses": responses,
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
        "cache_read_tokens": cache_read,
        "cache_creation_tokens": cache_creation,
    }


def main_model(responses: Iterable[Response]) -> str | None:
    """The model that answered most often; the first of them where several did."""
    counted = Counter([response.model for response in responses if response.model])
    return counted.most_common(1)[0][0] if counted else None
