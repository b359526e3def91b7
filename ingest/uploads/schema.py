"""The wire format of an upload, version 1: what is sent is checked against these shapes before anything else."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from ingest.http.api_errors import FieldError, pointer

#: Far above any real count, far below what 64 bits hold: sums of many stay exact.
MAX_COUNT = 10**12

Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Position = Annotated[int, Meta(ge=-MAX_COUNT, le=MAX_COUNT)]
Moment = Annotated[datetime, Meta(tz=True)]
#: Agents send text; a structure in its place is kept as the JSON that it is.
Text = str | dict[str, Any] | list[Any]
Tag = Annotated[str, Meta(max_length=100)]
Name = Annotated[str, Meta(max_length=200)]
ToolName = Annotated[str, Meta(min_length=1, max_length=200)]

Row = TypeVar("Row")
#: Fewer than of others: each name is a row of its own, in the session and in the days.
MAX_TOOLS = 300
# Many times what the longest sessions have, for what one upload may cost ends somewhere.
Tags = Annotated[list[Tag | None], Meta(max_length=1_000)]
Rows = Annotated[list[Row | None], Meta(max_length=100_000)]


ONLY_FULL = "Stored at share level `full` only."


class ToolReport(Struct, frozen=True, gc=False):
    """How often one tool ran, and how it went."""

    count: Count
    success: Annotated[
        Count | None,
        Meta(
            description="If `errors` is absent too, the outcome was not reported and never counts as success."
        ),
    ] = None
    errors: Count | None = None


class TokenRow(Struct, frozen=True, gc=False):
    """One row of the transcript with token counts; a response of the model is one row or several."""

    message_sequence: Position | None = None
    timestamp: Moment | None = None
    model: Annotated[Name | None, Meta(description="Rows of `<synthetic>` are not counted.")] = None
    response_id: Annotated[
        Name | None,
        Meta(
            description="Rows with the same id are one response, whose counts are the maximum of the rows. Rows"
            " without an id are one response while model, input and cache counts stay the same."
        ),
    ] = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_tokens: Count | None = None
    cache_creation_tokens: Count | None = None


class ToolCall(Struct, frozen=True):
    """One call of a tool; input and output are text."""

    tool_name: ToolName
    message_sequence: Position | None = None
    tool_input: Annotated[Text | None, Meta(description=ONLY_FULL)] = None
    tool_output: Annotated[Text | None, Meta(description=ONLY_FULL)] = None
    duration_ms: Count | None = None
    success: bool | None = None


class Message(Struct, frozen=True, gc=False):
    """One message of the conversation."""

    seq: Annotated[
        Count,
        Meta(description="If a number occurs twice, all messages are renumbered in the order received."),
    ]
    role: Annotated[str, Meta(max_length=100)]
    timestamp: Moment | None = None
    content: Annotated[str | None, Meta(description=ONLY_FULL)] = None


class SessionUpload(Struct, frozen=True):
    """One session as an agent sends it. null means absent everywhere; unknown fields are ignored."""

    session_id: Annotated[
        str, Meta(min_length=1, max_length=200, description="Unique per user; two users may use the same id.")
    ]
    started_at: Annotated[
        Moment,
        Meta(
            description="With an offset. A time before 2020 or more than two days ahead, such as"
            " `0001-01-01T00:00:00Z`, is replaced by that of the first message or token row, or of receipt."
        ),
    ]
    project_name: Annotated[
        Annotated[str, Meta(max_length=500)] | None,
        Meta(description="Of a path only the last part is stored."),
    ] = None
    ended_at: Annotated[Moment | None, Meta(description="A time before `started_at` counts as unknown.")] = (
        None
    )
    total_messages: Annotated[Count | None, Meta(description="If absent, `messages` are counted.")] = None
    total_tokens_in: Annotated[Count | None, Meta(description="Ignored if there is `token_usage`.")] = None
    total_tokens_out: Annotated[Count | None, Meta(description="Ignored if there is `token_usage`.")] = None
    model: Name | None = None
    tags: Annotated[
        Tags | None, Meta(description="Tags that begin with `tool:` are shown as set by a program.")
    ] = None
    git_branch: str | None = None
    machine: str | None = None
    agent: Annotated[
        str | None,
        Meta(description="The sending program. If absent, tools without any error count as not reported."),
    ] = None
    agent_version: str | None = None
    tools: Annotated[
        Annotated[dict[ToolName, ToolReport | None], Meta(max_length=MAX_TOOLS)] | None,
        Meta(description="Counts by tool name."),
    ] = None
    token_usage: Annotated[Rows[TokenRow] | None, Meta(description="In the order of the transcript.")] = None
    tool_calls: Rows[ToolCall] | None = None
    messages: Annotated[Rows[Message] | None, Meta(description=ONLY_FULL)] = None


class PlanUpload(Struct, frozen=True):
    """One plan as an agent sends it. null means absent everywhere; unknown fields are ignored."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="Unique per user.")]
    content: Annotated[str, Meta(description=ONLY_FULL)]
    title: str | None = None
    created_at: Moment | None = None


Upload = TypeVar("Upload", SessionUpload, PlanUpload)
# What msgspec calls things → what people call them.
WORDS = {
    "int": "a whole number",
    "float": "a fraction",
    "str": "a string",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "a time with an offset",
}
WORD = re.compile(r"`([^`]*)`")
STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[(\.\.\.)\]")


class ValidationFailed(Exception):
    """The item can't become what it was sent as; says which fields are wrong."""

    def __init__(self, field_errors: list[FieldError]) -> None:
        super().__init__("invalid_value")
        self.field_errors = field_errors


def read_session(item: Any) -> SessionUpload:
    """The session that was sent; raises ValidationFailed."""
    return _read(item, SessionUpload)


def read_plan(item: Any) -> PlanUpload:
    """The plan that was sent; raises ValidationFailed."""
    return _read(item, PlanUpload)


def _read(item: Any, shape: type[Upload]) -> Upload:
    try:
        return msgspec.convert(item, shape)
    except msgspec.ValidationError:
        raise ValidationFailed(_field_errors(item, shape)) from None


def _field_errors(item: Any, shape: type[Struct]) -> list[FieldError]:
    """Look at each field by itself: slower than one conversion, but it finds every field that is wrong."""
    if not isinstance(item, dict):
        return [FieldError("", "must be an object")]
    fields = msgspec.structs.fields(shape)
    return [field_error for field in fields for field_error in _errors_of_field(field, item.get(field.name))]


def _errors_of_field(field: msgspec.structs.FieldInfo, value: Any) -> Iterator[FieldError]:
    if value is None:
        if field.required:
            yield FieldError(pointer(field.name), "is required")
        return
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        yield _field_error(field.name, value, field.type, str(error))


def _field_error(name: str, value: Any, kind: Any, message: str) -> FieldError:
    sentence, _, path = message.partition(" - at ")
    steps = list(_steps(path, value, kind))
    if "required field" in sentence:
        return FieldError(pointer(name, *steps, WORD.findall(sentence)[0]), "is required")
    return FieldError(pointer(name, *steps), _in_words(sentence))


def _steps(path: str, value: Any, kind: Any) -> Iterator[str | int]:
    """The way msgspec describes, in tokens; it does not say under which name of an object, so that is looked up."""
    if path.startswith("`key`"):
        return
    for member, position, unnamed in STEP.findall(path):
        if unnamed:
            yield next(name for name, entry in value.items() if not _is_right({name: entry}, kind))
        else:
            yield member or int(position)


def _is_right(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _in_words(sentence: str) -> str:
    if "RFC3339" in sentence or "timezone" in sentence:
        return "must be a time with an offset (RFC 3339), such as 2026-01-31T12:00:00Z"
    plain = WORD.sub(lambda match: _kinds(match[1]), sentence)
    return plain.replace("Expected", "must be", 1).replace(", got", ", not")


def _kinds(names: str) -> str:
    return " or ".join(WORDS.get(name, name) for name in names.split(" | ") if name != "null")
