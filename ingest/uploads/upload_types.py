"""The kinds of uploads: how each is read, recorded and answered; everything else at the edge is the same for all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct

from ingest.http.answers import PlanAnswer, SessionAnswer
from ingest.uploads.plan_record import plan_record
from ingest.uploads.schema import PlanUpload, SessionUpload, read_plan, read_session
from ingest.uploads.session_record import Record, session_record

#: Go's zero time: makes the record look for a time elsewhere.
UNKNOWN_TIME = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class UploadType:
    """One kind of uploads."""

    #: As the inbox calls it.
    name: Literal["session", "plan"]
    shape: type[Struct]
    #: Checks an item against the shape; raises ValidationFailed.
    read: Callable[[Any], Any]
    #: Makes what is stored of a checked item; raises ValidationFailed.
    record: Callable[..., Record]
    answer: type[SessionAnswer] | type[PlanAnswer]
    #: The field an upload is known by.
    key: str
    #: What quarantine puts in for other fields that are required and were not usable.
    stand_ins: dict[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields there are."""
        return frozenset(self.shape.__struct_fields__)


SESSION = UploadType(
    name="session",
    shape=SessionUpload,
    read=read_session,
    record=session_record,
    answer=SessionAnswer,
    key="session_id",
    stand_ins={"started_at": UNKNOWN_TIME},
)
PLAN = UploadType(
    name="plan",
    shape=PlanUpload,
    read=read_plan,
    record=plan_record,
    answer=PlanAnswer,
    key="name",
    stand_ins={"content": ""},
)
KINDS = {kind.name: kind for kind in (SESSION, PLAN)}
