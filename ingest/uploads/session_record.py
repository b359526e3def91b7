"""Wire to record: one checked session becomes the JSON body that waits in the inbox, cut to its owner's share level."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from ingest.http.api_errors import FieldError
from ingest.redaction.redactor import Redaction, Redactor
from ingest.uploads.schema import (
    MAX_COUNT,
    Message,
    SessionUpload,
    Text,
    ToolCall,
    ToolReport,
    ValidationFailed,
)
from ingest.uploads.tokens import SYNTHETIC, Response, by_model, count_responses, main_model, model_entry

#: Before this no agent of this kind existed; Go's zero time (year 1) is the usual case.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
#: How wrong a client's clock may run ahead.
AHEAD = timedelta(hours=48)
#: Bytes: it is part of index keys, which are small.
PROJECT_BYTES = 500
#: Characters kept of each name that may come at any length: agents don't choose what a branch is called, so a long one
#: is cut rather than refused.
NAMES = {"git_branch": 500, "machine": 200, "agent": 200, "agent_version": 200}
TAG_LENGTH = 100
#: Of models and tools.
NAME_LENGTH = 200
#: Of one session; each is a row of its own, and looked up in the price list.
MAX_MODELS = 100
#: Longer than the keys that may lie across a cut.
MARGIN = 500
#: How many names a warning tells at most.
MAX_NAMES_IN_WARNING = 10

Item = TypeVar("Item")


#: What is stored of one upload: the name it is stored under, the JSON body, and the warnings that its owner gets.
Record = tuple[str, str, list[str]]


def session_record(upload: SessionUpload, *, share_level: str, now: datetime, redactor: Redactor) -> Record:
    """Make the record of a session: its session_id, the JSON to store, and warnings.

    Raises ValidationFailed when its token rows add up to impossible figures.
    """
    return _Writer(upload, share_level == "full", now, redactor).write()


class _Writer:
    def __init__(self, upload: SessionUpload, full: bool, now: datetime, redactor: Redactor) -> None:
        self.upload = upload
        self.full = full
        self.now = now
        self.latest = now + AHEAD
        self.rows = _present(upload.token_usage)
        self.calls = _present(upload.tool_calls)
        self.messages = _present(upload.messages)
        self.reports = {name: report for name, report in (upload.tools or {}).items() if report}
        self.blind = self.is_blind()
        self.contradictory: list[str] = []
        self.warnings: list[str] = []
        # What is far beyond the cut is never searched: a name may be as long as the whole body.
        self.names = {name: self.cut(name, getattr(upload, name), longest) for name, longest in NAMES.items()}
        self.redaction = redactor.redact(self.texts())
        # The same few names stand in very many rows.
        self.known_names: dict[str, str] = {}

    def write(self) -> Record:
        upload = self.upload
        started_at = self.started_at()
        record = {
            "project_name": self.project(),
            "started_at": started_at,
            "ended_at": self.ended_at(started_at or self.now),
            "total_messages": len(self.messages) if upload.total_messages is None else upload.total_messages,
            **self.tokens(self.responses()),
            **{name: self.redaction.texts[text][: NAMES[name]] or None for name, text in self.names.items()},
            "tools": self.tools(),
            "tags": self.tags(),
            "tool_calls": list(map(self.tool_call, range(len(self.calls)), self.calls)),
        }
        if self.full:
            # The same few words, in very many rows.
            roles = {role: self.redaction.texts[role] for role in {message.role for message in self.messages}}
            record["messages"] = [
                self.message(sequence, roles[message.role], message)
                for sequence, message in zip(self.sequences(), self.messages, strict=True)
            ]
        self.tell_what_is_missing()
        received_at = {} if started_at else {"started_at": self.now.astimezone(UTC)}
        return upload.session_id, sealed(record, **received_at), self.warnings

    def texts(self) -> list[str]:
        """Every text that will be stored and may hold a secret."""
        upload = self.upload
        texts = [text for text in (upload.project_name, *self.names.values(), *(upload.tags or ())) if text]
        models = {upload.model, *(row.model for row in self.rows)}
        tools = {*self.reports, *(call.tool_name for call in self.calls)}
        texts += [name for name in models | tools if name]
        if self.full:
            texts += {message.role for message in self.messages}
            texts += [message.content for message in self.messages if message.content]
            for call in self.calls:
                texts += [_as_text(text) for text in (call.tool_input, call.tool_output) if text]
        return texts

    def known(self, moment: datetime | None) -> datetime | None:
        return known(moment, self.latest)

    def started_at(self) -> datetime | None:
        """None stands for the time of receipt."""
        if started_at := self.known(self.upload.started_at):
            return started_at
        moments = [message.timestamp for message in self.messages] + [row.timestamp for row in self.rows]
        first = min(filter(None, map(self.known, moments)), default=None)
        instead = "the time of receipt" if first is None else "the first time inside the session"
        self.warnings.append(f"started_at is no usable time: {instead} is used.")
        return first

    def ended_at(self, started_at: datetime) -> datetime | None:
        sent = self.upload.ended_at
        ended_at = self.known(sent)
        if ended_at and ended_at >= started_at:
            return ended_at
        if sent is not None:
            self.warnings.append("ended_at is no usable time, or before started_at: it is taken as unknown.")
        return None

    def name(self, sent: str) -> str:
        """The name of a model or a tool, which is no place for a secret either."""
        if sent not in self.known_names:
            self.known_names[sent] = self.redaction.texts[sent][:NAME_LENGTH]
        return self.known_names[sent]

    def responses(self) -> list[Response]:
        return [response._replace(model=self.name(response.model)) for response in count_responses(self.rows)]

    def tokens(self, responses: list[Response]) -> dict[str, Any]:
        """Totals and models: from the token rows where there are any, else as reported."""
        upload = self.upload
        reported = (upload.total_tokens_in or 0, upload.total_tokens_out or 0)
        model = self.name(upload.model or "") if upload.model != SYNTHETIC else None
        model = model or main_model(responses)
        models = by_model(responses)
        if not models:
            models = [model_entry(model or "", 0, *(() if self.rows else (*reported, 0, 0)))]
        if len(models) > MAX_MODELS:
            raise ValidationFailed([FieldError("/token_usage", f"names more than {MAX_MODELS} models")])
        names = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
        sums = {name: sum(entry[name] for entry in models) for name in names}
        if max(sums.values()) > MAX_COUNT:
            raise ValidationFailed([FieldError("/token_usage", f"adds up to more than {MAX_COUNT}")])
        return {
            "reported_tokens_in": reported[0],
            "reported_tokens_out": reported[1],
            "total_tokens_in": sums["tokens_in"],
            "total_tokens_out": sums["tokens_out"],
            "cache_read_tokens": sums["cache_read_tokens"],
            "cache_creation_tokens": sums["cache_creation_tokens"],
            "model": model,
            "models": models,
            "responses": [(response.model, self.known(response.at), *response[2:]) for response in responses],
        }

    def project(self) -> str | None:
        """The project's name without secrets, in whole characters; empty means absent."""
        # In this order: the part before the last may be what tells a secret, as in https://token@host.
        cleaned = last_part(self.redaction.texts[self.upload.project_name or ""]).encode()
        if len(cleaned) > PROJECT_BYTES:
            self.warnings.append(f"project_name is longer than {PROJECT_BYTES} bytes and was cut.")
        return cleaned[:PROJECT_BYTES].decode(errors="ignore") or None

    def cut(self, field: str, text: str | None, longest: int) -> str:
        """The beginning of a name, and a little more, so that a secret across the cut is seen; absent is empty."""
        if text and len(text) > longest:
            self.warnings.append(f"{field} is longer than {longest} characters and was cut.")
        return (text or "")[: longest + MARGIN]

    def is_blind(self) -> bool:
        """The first agents don't say who they are and call every run of a tool a success: that is no outcome."""
        failed = any(report.errors for report in self.reports.values())
        return not (self.upload.agent or failed or any(call.success is False for call in self.calls))

    def tools(self) -> list[dict[str, Any]]:
        entries: dict[str, dict[str, Any]] = {}
        for sent, report in sorted(self.reports.items()):
            entry = self.tool(self.name(sent), report)
            known = entries.get(entry["tool_name"])
            entries[entry["tool_name"]] = _together(known, entry) if known else entry
        if self.contradictory:
            names = ", ".join(self.contradictory[:MAX_NAMES_IN_WARNING])
            self.warnings.append(f"Outcomes that contradict their count are taken as not reported: {names}.")
        return list(entries.values())

    def tool(self, name: str, report: ToolReport) -> dict[str, Any]:
        success, errors = report.success, report.errors
        if self.blind or (success is None and errors is None):
            return _tool_entry(name, report.count, None, None)
        success = report.count - (errors or 0) if success is None else success
        errors = report.count - success if errors is None else errors
        if success < 0 or errors < 0 or success + errors > report.count:
            self.contradictory.append(name)
            return _tool_entry(name, report.count, None, None)
        return _tool_entry(name, report.count, success, errors)

    def tags(self) -> list[dict[str, Any]]:
        """In the order they came, each once."""
        cleaned = (self.redaction.texts[tag][:TAG_LENGTH] for tag in self.upload.tags or () if tag)
        return [{"tag": tag, "auto_generated": tag.startswith("tool:")} for tag in dict.fromkeys(cleaned)]

    def tool_call(self, position: int, call: ToolCall) -> dict[str, Any]:
        entry = {
            "position": position,
            "message_sequence": call.message_sequence,
            "tool_name": self.name(call.tool_name),
            "duration_ms": call.duration_ms,
            "success": None if self.blind else call.success,
        }
        if self.full:
            entry |= {"tool_input": self.text(call.tool_input), "tool_output": self.text(call.tool_output)}
        return entry

    def text(self, value: Text | None) -> str | None:
        return None if value is None else self.redaction.texts[_as_text(value)]

    def sequences(self) -> list[int]:
        """The numbers of the messages; where one stands twice, keeping it would drop text: all are numbered anew."""
        sent = [message.seq for message in self.messages]
        if len(set(sent)) == len(sent):
            return sent
        self.warnings.append("messages hold a seq twice: they are numbered in the order they came.")
        return list(range(len(sent)))

    def message(self, sequence: int, role: str, message: Message) -> dict[str, Any]:
        return {
            "sequence": sequence,
            "timestamp": self.known(message.timestamp),
            "role": role,
            "content": self.redaction.texts[message.content or ""],
        }

    def tell_what_is_missing(self) -> None:
        self.warnings += what_was_replaced(self.redaction)
        sent = {
            "messages": self.messages,
            "tool_input": [call for call in self.calls if call.tool_input],
            "tool_output": [call for call in self.calls if call.tool_output],
        }
        if not self.full:
            self.warnings += what_was_left_out(sent)


def known(moment: datetime | None, latest: datetime) -> datetime | None:
    """The moment in UTC, or None where it can't be true."""
    return moment.astimezone(UTC) if moment and EARLIEST <= moment <= latest else None


def what_was_replaced(redaction: Redaction) -> list[str]:
    """The warning that tells how many secrets were taken out, if any were."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(redaction.counts.items()))
    return [f"Secrets were replaced before anything was stored: {kinds}."] if kinds else []


def what_was_left_out(sent: Mapping[str, object]) -> list[str]:
    """The warning that names the texts that were sent and are not kept, if there were any."""
    names = ", ".join(name for name, text in sent.items() if text)
    return [f"Text is not kept at share level metadata: {names}."] if names else []


def last_part(path: str) -> str:
    """What a project is called: the last part of its path, whichever way the slashes lean."""
    parts = [part for part in path.replace("\\", "/").split("/") if part.strip()]
    return parts[-1].strip() if parts else ""


def _present(items: Iterable[Item | None] | None) -> list[Item]:
    """null is absent: as a list, and inside it."""
    return [item for item in items or () if item is not None]


def _tool_entry(name: str, count: int, success: int | None, errors: int | None) -> dict[str, Any]:
    return {"tool_name": name, "call_count": count, "success_count": success, "error_count": errors}


def _together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two tools whose names are the same without the secrets in them."""
    name, calls = one["tool_name"], one["call_count"] + other["call_count"]
    if calls > MAX_COUNT or None in (one["success_count"], other["success_count"]):
        return _tool_entry(name, min(calls, MAX_COUNT), None, None)
    outcomes = (one[outcome] + other[outcome] for outcome in ("success_count", "error_count"))
    return _tool_entry(name, calls, *outcomes)


def _as_text(value: Text) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def sealed(record: dict[str, Any], **unsealed: object) -> str:
    """Encode the record together with a hash by which a repeated upload is recognised.

    What is unsealed, such as a time of receipt, is put in after hashing: it differs each time the same is sent.
    """
    encoded = msgspec.json.encode(record)
    digest = hashlib.sha256(encoded).hexdigest()
    if unsealed:
        encoded = msgspec.json.encode({**record, **unsealed})
    # Put together before decoding: as a str, a text with one emoji takes four bytes a character.
    return (b'{"content_hash":"%s",' % digest.encode() + encoded[1:]).decode()
