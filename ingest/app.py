"""The ingest app: its one table of routes, and its collaborators handed in."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import falcon
import msgspec
from falcon.media import JSONHandler

from db.connection import Database, Statements
from ingest.config import IngestSettings
from ingest.http import api_errors
from ingest.http.access_log import AccessLog
from ingest.http.auth import Authenticator, RateLimiter
from ingest.http.body import BodyBudget
from ingest.http.large_work import LargeWork, call
from ingest.http.metrics import Metrics
from ingest.http.request import Request
from ingest.http.request_deadline import RequestDeadline
from ingest.openapi.document import OpenApi, describe
from ingest.redaction.redactor import Redactor
from ingest.resources.docs_page import DocsFile, DocsPage
from ingest.resources.health import Health
from ingest.resources.me import Me
from ingest.resources.metrics_page import MetricsPage, QueueObserver
from ingest.resources.prefer_wait import SEATS, Waiting
from ingest.resources.team import Team
from ingest.resources.uploads import Uploads, UploadStates
from ingest.uploads.group_commit import GroupCommit
from ingest.uploads.pipeline import UploadPipeline, utc_now
from ingest.uploads.upload_types import PLAN, SESSION


def create_app(
    *,
    database: Database,
    notifier: QueueObserver,
    settings: IngestSettings,
    clock: Callable[[], datetime] = utc_now,
    metrics_database: Statements | None = None,
    offload: Callable[..., Any] = call,
) -> "falcon.App[Any, Any]":
    """Wire the app; nothing here reads the environment or opens a connection.

    `impatient` is the same database for /metrics, which would rather leave something out than be late;
    `offload` computes what takes long where it does not hold up other requests.
    """
    metrics = Metrics(settings.prometheus_multiproc_dir)
    authenticator = Authenticator(database, RateLimiter(settings.ingest_requests_per_minute))
    redactor = Redactor(settings.insights_key_prefix, metrics.redacted)
    large_work = LargeWork(offload)
    pipeline = UploadPipeline(GroupCommit(database), authenticator, notifier, redactor, clock, large_work)
    waiting = Waiting(database, threading.BoundedSemaphore(SEATS))
    budget = BodyBudget()
    sessions = Uploads(SESSION, authenticator, pipeline, waiting, budget=budget, large_work=large_work)
    plans = Uploads(PLAN, authenticator, pipeline, waiting, budget=budget, large_work=large_work)
    states = UploadStates(authenticator, database)
    team = Team(
        authenticator,
        database,
        clock,
        zone=settings.insights_timezone,
        is_public=settings.insights_public_team_stats,
    )
    me = Me(authenticator, database)
    health = Health(database, notifier)
    description = describe(public_team_stats=settings.insights_public_team_stats)

    app: falcon.App[Any, Any] = falcon.App(
        request_type=Request, middleware=[metrics, AccessLog(settings.insights_key_prefix), RequestDeadline()]
    )
    app.resp_options.media_handlers[falcon.MEDIA_JSON] = JSONHandler(dumps=msgspec.json.encode)
    api_errors.install(app)

    app.add_route("/api/v1/sessions", sessions)
    app.add_route("/api/v1/sessions/batch", sessions, suffix="batch")
    app.add_route("/api/v1/plans", plans)
    app.add_route("/api/v1/plans/batch", plans, suffix="batch")
    app.add_route("/api/v1/uploads/{upload_id}", states)
    app.add_route("/api/v1/me", me)
    app.add_route("/api/v1/me/settings", me, suffix="settings")
    app.add_route("/api/v1/team/stats", team, suffix="stats")
    app.add_route("/api/v1/team/tools", team, suffix="tools")
    app.add_route("/api/v1/team/leaderboard", team, suffix="leaderboard")
    app.add_route("/api/v1/team/trends", team, suffix="trends")
    app.add_route("/health", health)
    app.add_route("/health/ready", health)
    app.add_route("/health/live", health, suffix="live")
    app.add_route("/metrics", MetricsPage(metrics, metrics_database or database, notifier))
    app.add_route("/openapi.json", OpenApi(description))
    app.add_route("/docs", DocsPage())
    app.add_route("/docs/static/{name}", DocsFile())
    return app
