"""Moves session uploads from the inbox to the session tables, in batches and in the order of arrival."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from types import MappingProxyType
from zoneinfo import ZoneInfo

from db.batching import run_until
from db.connection import Database, Transaction
from db.errors import Refused
from db.lifecycle import retention
from db.uploads import inbox, sessions
from db.uploads.upload_records import ArchivedSession, ClaimedUpload, StoredSession
from db.usage import rollups
from tasks.jobs import batch, pricing
from tasks.jobs.batch import BatchHandler, run_batch
from tasks.jobs.token_timeline import token_timeline

Key = tuple[int, str]
Snapshot = ClaimedUpload | StoredSession | ArchivedSession

GROWN_AFTER_ALL = (
    "the session continued after retention deleted its rows: adding it again would count its start twice"
)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a set of claimed uploads."""

    #: The newest snapshot of each session, where it is newer than the stored one.
    winners: list[ClaimedUpload]
    #: Uploads that change nothing.
    repeated: list[ClaimedUpload]
    #: Snapshots that add to a session whose rows are archived; they can't be added.
    grown: list[ClaimedUpload]


def drain_sessions(db: Database, zone: str, *, seconds: float = math.inf, minimum: int = 1) -> int:
    """Store waiting sessions, batch by batch, for at most `seconds`; returns how many uploads were settled.

    A quick batch of fewer than `minimum` uploads is the last one: more may arrive until the next run.
    """
    handler = BatchHandler(
        store=partial(_persist, zone=zone),
        waiting=partial(inbox.list_next_upload_ids, limit=batch.BATCH),
        # A zone that PostgreSQL does not know must not be blamed on an upload.
        check_system=partial(rollups.require_zone, zone=zone),
    )
    return run_until(partial(run_batch, db, handler), seconds, least=minimum)


def _persist(transaction: Transaction, inbox_id: int | None, *, zone: str) -> int:
    claimed = inbox.claim_uploads(
        transaction, limit=batch.BATCH, only=None if inbox_id is None else [inbox_id]
    )
    if not claimed:
        return 0
    if any(upload.started_at is None for upload in claimed):
        # An admin requeued an upload that can't become a session: it returns to quarantine alone.
        raise Refused("it has no session_id or no start")
    keys = sorted({_key(upload) for upload in claimed})
    stored = sessions.list_stored_sessions(transaction, keys)
    # Read after the rows: a session archived between the two reads is found in one of them.
    archived = retention.list_archived_sessions(transaction, [key for key in keys if key not in stored])
    verdict = judge(claimed, stored, archived)
    inbox.settle_uploads(transaction, [upload.inbox_id for upload in verdict.repeated], "repeated")
    inbox.quarantine_uploads(transaction, [upload.inbox_id for upload in verdict.grown], GROWN_AFTER_ALL)
    if verdict.winners:
        _store(transaction, verdict.winners, stored, zone)
        sessions.mark_days_dirty(transaction, changed_starts(verdict.winners, stored), zone)
        inbox.settle_uploads(transaction, [upload.inbox_id for upload in verdict.winners], "persisted")
    return len(claimed)


def _store(
    transaction: Transaction, winners: list[ClaimedUpload], stored: dict[Key, StoredSession], zone: str
) -> None:
    costs = [
        (upload.inbox_id, model, cost)
        for upload in winners
        for model, cost in upload_costs(upload, zone).items()
    ]
    sessions.store_sessions(
        transaction,
        [upload.inbox_id for upload in winners],
        replacing=[upload.inbox_id for upload in winners if _key(upload) in stored],
        costs=costs,
        timelines=[
            (upload.inbox_id, json.dumps(token_timeline(upload))) for upload in winners if upload.responses
        ],
        price_version=pricing.PRICE_VERSION,
    )


def judge(
    claimed: list[ClaimedUpload],
    stored: Mapping[Key, StoredSession],
    archived: Mapping[Key, ArchivedSession] = MappingProxyType({}),
) -> Verdict:
    """Pick the newest snapshot of each session, if it differs from what is stored or archived."""
    newest: dict[Key, ClaimedUpload] = {}
    for upload in claimed:
        rival = newest.get(_key(upload))
        if rival is None or not is_older(upload, rival):
            newest[_key(upload)] = upload
    living = {key: upload for key, upload in newest.items() if key not in archived}
    winners = [upload for key, upload in living.items() if is_news(upload, stored.get(key))]
    grown = [newest[key] for key in archived if is_older(archived[key], newest[key])]
    chosen = {upload.inbox_id for upload in (*winners, *grown)}
    return Verdict(winners, [upload for upload in claimed if upload.inbox_id not in chosen], grown)


def is_news(upload: ClaimedUpload, stored: StoredSession | None) -> bool:
    """Whether a snapshot replaces the stored one: not older, and with other content or another share level."""
    if stored is None:
        return True
    same = upload.content_hash == stored.content_hash and upload.share_level == stored.share_level
    return not same and not is_older(upload, stored)


def is_older(snapshot: Snapshot, other: Snapshot) -> bool:
    """Compares by end, then by number of messages; a snapshot without an end is older than any with one."""
    return _age(snapshot) < _age(other)


def _age(snapshot: Snapshot) -> tuple[datetime, int]:
    # One total order, so that the result does not depend on which uploads share a batch.
    return snapshot.ended_at or datetime.min.replace(tzinfo=UTC), snapshot.total_messages


def _key(upload: ClaimedUpload) -> Key:
    return upload.user_id, upload.session_id


def changed_starts(
    winners: list[ClaimedUpload], stored: dict[Key, StoredSession]
) -> list[tuple[int, datetime]]:
    """(user_id, started_at) of every session that changes, as it is now and as it was stored before."""
    after = [(upload.user_id, upload.started_at) for upload in winners]
    before = [stored[key] for key in map(_key, winners) if key in stored]
    return sorted([*after, *((session.user_id, session.started_at) for session in before)])


def upload_costs(upload: ClaimedUpload, zone: str) -> dict[str, Decimal]:
    """US dollars by model at the prices of its team day: from its responses, or without them from its sums."""
    day = upload.started_at.astimezone(ZoneInfo(zone)).date()
    # Clients choose the model names and each lookup takes time, so their number is limited.
    if upload.responses:
        priced = set(islice(dict.fromkeys(model for model, *_ in upload.responses), pricing.MAX_MODELS))
        responses = (
            (model, pricing.Tokens(*buckets)) for model, _, *buckets in upload.responses if model in priced
        )
        return pricing.model_costs(responses, day)
    costs = {}
    for row in islice(upload.models, pricing.MAX_MODELS):
        buckets = (
            row["tokens_in"],
            row["tokens_out"],
            row["cache_read_tokens"],
            row["cache_creation_tokens"],
        )
        costs[row["model"]] = pricing.linear_cost(row["model"], pricing.Tokens(*buckets), day)
    return {model: cost for model, cost in costs.items() if cost is not None}
