"""Everything the API offers, operation by operation: the one table that its description is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ingest.http.api_errors import REASONS
from ingest.openapi import examples
from ingest.resources.me import SettingsUpload
from ingest.resources.team import MAX_DAYS, MAX_LIMIT, MIN_TREND_DAYS
from ingest.uploads.pipeline import MAX_ITEMS
from ingest.uploads.schema import PlanUpload, SessionUpload

JSON = "application/json"
#: With a key; for anybody; for anybody where INSIGHTS_PUBLIC_TEAM_STATS says so.
Access = Literal["key", "open", "key unless public"]


class Parameter(NamedTuple):
    """A query parameter; all of ours are whole numbers."""

    name: str
    between: tuple[int, int]
    default: int
    description: str


class Body(NamedTuple):
    """What is sent. `each` is the shape of one item where many may come, and then any item is taken."""

    example: Any
    one: type | None = None
    each: type | None = None
    most: int = MAX_ITEMS


class Answer(NamedTuple):
    """One way to succeed; its shape is the type of its example. Text has no shape, only a media type."""

    description: str
    example: Any
    media_type: str = JSON


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path."""

    name: str
    method: str
    path: str
    group: str
    summary: str
    #: Paragraphs apart from each other by an empty line.
    description: str = ""
    access: Access = "key"
    query: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: Mapping[int, Answer]
    #: Everything it may refuse with.
    reasons: tuple[str, ...] = ()
    #: Is `Prefer: wait=N` heeded?
    waits: bool = False
    #: The parts of the path that change, with what they are.
    path_parameters: Mapping[str, str] = field(default_factory=dict)


STORED = ("storage_unavailable",)
KEYED = ("unauthorized", *(reason for reason in REASONS if REASONS[reason].status == 429), *STORED)
READ = (
    *("bad_request", "incomplete_body", "invalid_gzip", "invalid_json"),
    *("too_large", "unsupported_media_type", "unsupported_encoding", "invalid_value"),
)
#: Whatever is asked: the web worker refuses these itself.
ANYWHERE = ("request_timeout", "uri_too_long", "expectation_failed", "headers_too_large", "busy")
#: What it may refuse before there is a request that the log could name.
BEFORE_THE_APP = {"bad_request", *ANYWHERE}
#: In a batch these are told of the item, and the others are taken.
STRICT = ("not_a_number", "duplicate_key", "lone_surrogate", "too_deep")

DAYS = Parameter("days", (1, MAX_DAYS), 7, "Today and the team days before it, so many in all.")
TREND_DAYS = DAYS._replace(between=(MIN_TREND_DAYS, MAX_DAYS), default=30)
LIMIT = Parameter("limit", (1, MAX_LIMIT), 10, "At most so many rows.")

SAME_AGAIN = (
    "The same session may be sent as often as it grows: the same upload twice changes nothing, a newer snapshot"
    " replaces the whole of the older one, and an older one that arrives late changes nothing."
)
SAME_PLAN_AGAIN = (
    "The plan of a name that came last takes the place of the one before; the same one again changes nothing."
    " Content is kept of people at share level `full`."
)
UNTIL_STORED = "It is stored as well: what was to be waited for is done."
ONE_BAD_ITEM = (
    "The answer has the same length and order as what was sent. One item that can't be used never fails the others: its"
    " place says `error` with a reason, and what is usable of it is kept in quarantine, where an admin sees why."
)
TEAM_DAY = "Counts whole team days: calendar days in the server's time zone."

OPERATIONS = (
    Operation(
        name="upload_session",
        method="POST",
        path="/api/v1/sessions",
        group="Uploads",
        summary="Upload one session",
        description=f"202 means that it is committed to PostgreSQL.\n\n{SAME_AGAIN}",
        body=Body(examples.SESSION, one=SessionUpload),
        answers={
            200: Answer(UNTIL_STORED, examples.SESSION_TAKEN),
            202: Answer("Committed; it shows up within seconds.", examples.SESSION_TAKEN),
        },
        reasons=(*READ, *STRICT, *KEYED),
        waits=True,
    ),
    Operation(
        name="upload_sessions",
        method="POST",
        path="/api/v1/sessions/batch",
        group="Uploads",
        summary="Upload many sessions",
        description=f"A bare array of at most {MAX_ITEMS:,} sessions.\n\n{ONE_BAD_ITEM}",
        body=Body([examples.SECOND_SESSION, examples.INVALID_SESSION], each=SessionUpload),
        answers={
            200: Answer(UNTIL_STORED, [examples.SESSION_TAKEN]),
            202: Answer(
                "Committed, each item on its own.",
                [examples.SESSION_TAKEN, examples.SESSION_REFUSED],
            ),
        },
        reasons=(*READ, "too_many_items", *KEYED),
        waits=True,
    ),
    Operation(
        name="upload_plan",
        method="POST",
        path="/api/v1/plans",
        group="Uploads",
        summary="Upload one plan",
        description=f"202 means that it is committed to PostgreSQL.\n\n{SAME_PLAN_AGAIN}",
        body=Body(examples.PLAN, one=PlanUpload),
        answers={
            200: Answer(UNTIL_STORED, examples.PLAN_TAKEN),
            202: Answer("Committed; it is stored within seconds.", examples.PLAN_TAKEN),
        },
        reasons=(*READ, *STRICT, *KEYED),
        waits=True,
    ),
    Operation(
        name="upload_plans",
        method="POST",
        path="/api/v1/plans/batch",
        group="Uploads",
        summary="Upload many plans",
        description=f"A bare array of at most {MAX_ITEMS:,} plans.\n\n{ONE_BAD_ITEM}",
        body=Body([examples.PLAN, examples.INVALID_PLAN], each=PlanUpload),
        answers={
            200: Answer(UNTIL_STORED, [examples.PLAN_TAKEN]),
            202: Answer("Committed, each item on its own.", [examples.PLAN_TAKEN, examples.PLAN_REFUSED]),
        },
        reasons=(*READ, "too_many_items", *KEYED),
        waits=True,
    ),
    Operation(
        name="read_upload",
        method="GET",
        path="/api/v1/uploads/{upload_id}",
        group="Uploads",
        summary="What became of one of my uploads",
        description=(
            "`repeated` means that it changed nothing. An upload of somebody else is not found, like an unknown one."
        ),
        answers={200: Answer("How far it has come.", examples.UPLOAD)},
        reasons=("not_found", *KEYED),
        path_parameters={"upload_id": "As the upload was answered."},
    ),
    Operation(
        name="read_me",
        method="GET",
        path="/api/v1/me",
        group="Me",
        summary="Who am I here, and what is kept of me",
        answers={200: Answer("The person behind the key.", examples.ME)},
        reasons=KEYED,
    ),
    Operation(
        name="change_settings",
        method="PUT",
        path="/api/v1/me/settings",
        group="Me",
        summary="Change my settings",
        description=(
            "What is left out stays. Lowering the share level deletes the text stored so far, before this is answered,"
            " and the answer says so."
        ),
        body=Body(examples.SETTINGS, one=SettingsUpload),
        answers={200: Answer("The settings as they are now.", examples.SETTINGS_NOW)},
        reasons=(*READ, *STRICT, *KEYED),
    ),
    Operation(
        name="read_stats",
        method="GET",
        path="/api/v1/team/stats",
        group="Team",
        summary="The team's sums",
        description=TEAM_DAY,
        access="key unless public",
        query=(DAYS,),
        answers={200: Answer("The sums of the last days.", examples.STATS)},
        reasons=("invalid_value", *KEYED),
    ),
    Operation(
        name="read_tools",
        method="GET",
        path="/api/v1/team/tools",
        group="Team",
        summary="The most called tools",
        description=f"{TEAM_DAY} `success_rate` is null where no outcome was reported.",
        access="key unless public",
        query=(DAYS, LIMIT),
        answers={200: Answer("Most calls first.", examples.TOOLS)},
        reasons=("invalid_value", *KEYED),
    ),
    Operation(
        name="read_leaderboard",
        method="GET",
        path="/api/v1/team/leaderboard",
        group="Team",
        summary="Those who take part in the leaderboard",
        description=f"{TEAM_DAY} Always needs a key, and tells only of people who take part.",
        query=(DAYS, LIMIT),
        answers={200: Answer("Most tokens first.", examples.LEADERBOARD)},
        reasons=("invalid_value", *KEYED),
    ),
    Operation(
        name="read_trends",
        method="GET",
        path="/api/v1/team/trends",
        group="Team",
        summary="Sessions and tokens, day by day",
        description=f"{TEAM_DAY} A day without sessions has its row too.",
        access="key unless public",
        query=(TREND_DAYS,),
        answers={200: Answer("Oldest day first.", examples.TRENDS)},
        reasons=("invalid_value", *KEYED),
    ),
    Operation(
        name="read_health",
        method="GET",
        path="/health",
        group="Running it",
        summary="Can uploads be taken?",
        description="Asks both stores each time. Without the queue uploads are still taken; they show up later.",
        access="open",
        answers={
            200: Answer("Yes; `degraded` where the queue is away.", examples.HEALTHY),
            503: Answer("No: PostgreSQL is away.", examples.UNHEALTHY),
        },
    ),
    Operation(
        name="read_ready",
        method="GET",
        path="/health/ready",
        group="Running it",
        summary="The same as a readiness probe",
        access="open",
        answers={
            200: Answer("Uploads can be taken.", examples.HEALTHY),
            503: Answer("They can't: PostgreSQL is away.", examples.UNHEALTHY),
        },
    ),
    Operation(
        name="read_live",
        method="GET",
        path="/health/live",
        group="Running it",
        summary="Does the process answer?",
        description="A liveness probe: asks nothing else.",
        access="open",
        answers={200: Answer("It does.", examples.ALIVE)},
    ),
    Operation(
        name="read_metrics",
        method="GET",
        path="/metrics",
        group="Running it",
        summary="Figures for a monitoring system",
        description=(
            "Prometheus text. Requests, uploads, redactions, the inbox, the queue and its jobs; nothing personal. A"
            " store that does not answer only leaves its own figures out."
        ),
        access="open",
        answers={200: Answer("The figures of this moment.", examples.METRICS, "text/plain")},
    ),
    Operation(
        name="read_openapi",
        method="GET",
        path="/openapi.json",
        group="This description",
        summary="The description of this API for programs",
        access="open",
        answers={200: Answer("An OpenAPI 3.1 document.", {"openapi": "3.1.0"})},
    ),
    Operation(
        name="read_docs",
        method="GET",
        path="/docs",
        group="This description",
        summary="The same for people",
        access="open",
        answers={200: Answer("A page.", "<!doctype html>…", "text/html")},
    ),
)
