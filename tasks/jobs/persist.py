"""From the inbox to rows: claims uploads in order, hundreds at a time, and settles each one for good."""

import json
import math
from collections.abc import Iterator, Mapping
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
    "its session went on after its rows were removed, kept long enough: counting it again would count its"
    " beginning twice"
)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a set of claimed uploads."""

    #: The newest snapshot of each session that is newer than what is stored.
    winners: list[ClaimedUpload]
    #: Those that change nothing.
    repeated: list[ClaimedUpload]
    #: Those that say more of a session whose rows are gone, which can't be added.
    grown: list[ClaimedUpload]


def drain_sessions(db: Database, zone: str, *, seconds: float = math.inf, least: int = 1) -> int:
    """Settle what waits, batch by batch, and return how many uploads that were.

    It ends when `seconds` are over, or with a quick batch of fewer than `least`: more may gather meanwhile.
    """
    mail = BatchHandler(
        store=partial(_persist, zone=zone),
        waiting=partial(inbox.list_next_upload_ids, limit=batch.BATCH),
        # A zone that PostgreSQL does not know is no upload's fault.
        be_sound=partial(rollups.require_zone, zone=zone),
    )
    return run_until(lambda: run_batch(db, mail), seconds, least=least)


def _persist(transaction: Transaction, only: int | None, *, zone: str) -> int:
    claimed = inbox.claim_uploads(transaction, limit=batch.BATCH, only=None if only is None else [only])
    if not claimed:
        return 0
    if any(upload.started_at is None for upload in claimed):
        # Requeued by an admin although nothing in it can become a session: back to quarantine, alone.
        raise Refused("it has no session_id or no start")
    keys = sorted({_key(upload) for upload in claimed})
    stored = sessions.list_stored_sessions(transaction, keys)
    # Asked after the rows: what is archived in between is found in one of both.
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
    """Pick the newest snapshot of each session, where it says something new."""
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
    """An older snapshot is none, nor is the same one again; at another share level it holds more, or less."""
    if stored is None:
        return True
    same = upload.content_hash == stored.content_hash and upload.share_level == stored.share_level
    return not same and not is_older(upload, stored)


def is_older(snapshot: Snapshot, other: Snapshot) -> bool:
    """A smaller end, then fewer messages; before every end that is known comes the one that is not."""
    return _age(snapshot) < _age(other)


def _age(snapshot: Snapshot) -> tuple[datetime, int]:
    # One order for all, so that it does not matter in which company a snapshot is judged.
    return snapshot.ended_at or datetime.min.replace(tzinfo=UTC), snapshot.total_messages


def _key(upload: ClaimedUpload) -> Key:
    return upload.user_id, upload.session_id


def changed_starts(
    winners: list[ClaimedUpload], stored: dict[Key, StoredSession]
) -> list[tuple[int, datetime]]:
    """(user_id, started_at) of all days that change: where a session lies now, and where it lay before."""
    return sorted(_starts(winners, stored))


def _starts(winners: list[ClaimedUpload], stored: dict[Key, StoredSession]) -> Iterator[tuple[int, datetime]]:
    for upload in winners:
        yield upload.user_id, upload.started_at
        before = stored.get(_key(upload))
        if before is not None:
            yield before.user_id, before.started_at


def upload_costs(upload: ClaimedUpload, zone: str) -> dict[str, Decimal]:
    """US dollars by model at the prices of its team day: from the single responses, or from the sums without them."""
    day = upload.started_at.astimezone(ZoneInfo(zone)).date()
    # A name comes from outside and takes time to look up; no session has so many that we know.
    if upload.responses:
        named = dict.fromkeys(model for model, *_ in upload.responses)
        priced = set(islice(named, pricing.MAX_MODELS))
        responses = (
            (model, pricing.Tokens(*buckets)) for model, _, *buckets in upload.responses if model in priced
        )
        return pricing.model_costs(responses, day)
    rows = islice(upload.models, pricing.MAX_MODELS)
    costs = {row["model"]: pricing.linear_cost(row["model"], _tokens(row), day) for row in rows}
    return {model: cost for model, cost in costs.items() if cost is not None}


def _tokens(row: dict[str, int]) -> pricing.Tokens:
    return pricing.Tokens(
        row["tokens_in"], row["tokens_out"], row["cache_read_tokens"], row["cache_creation_tokens"]
    )
