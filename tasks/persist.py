"""From the inbox to rows: claims uploads in order, hundreds at a time, and settles each one for good."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from db import inbox, sessions
from db.connection import Database, Transaction
from db.errors import Refused
from db.records import Claimed, StoredSession
from tasks import pricing
from tasks.turns import repeat

log = structlog.get_logger()

BATCH = 500
DEADLINE_SECONDS = 60

Key = tuple[int, str]


@dataclass(frozen=True)
class Verdict:
    """What becomes of a set of claimed uploads."""

    #: The newest snapshot of each session that is newer than what is stored.
    winners: list[Claimed]
    #: Those that change nothing.
    repeated: list[Claimed]


def drain(db: Database, zone: str, *, seconds: float = math.inf) -> int:
    """Settle what waits, batch by batch until `seconds` are over, and return how many uploads that were."""
    return repeat(lambda: _drain_batch(db, zone), seconds)


def _drain_batch(db: Database, zone: str) -> int:
    try:
        with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
            return _persist(transaction, zone) if inbox.lock_drain(transaction) else 0
    except Refused as error:
        log.warning("batch_refused", reason=str(error))
    return _drain_singly(db, zone)


def _drain_singly(db: Database, zone: str) -> int:
    """One upload that PostgreSQL refuses must not hold up the others: take each alone, and note the refusal."""
    with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
        if not inbox.lock_drain(transaction):
            return 0
        waiting = inbox.next_ids(transaction, limit=BATCH)
        for inbox_id in waiting:
            try:
                with transaction.savepoint():
                    _persist(transaction, zone, only=inbox_id)
            except Refused as error:
                log.warning("upload_refused", inbox_id=inbox_id, reason=str(error))
                inbox.postpone(transaction, inbox_id, f"refused: {error}")
    return len(waiting)


def _persist(transaction: Transaction, zone: str, *, only: int | None = None) -> int:
    claimed = inbox.claim(transaction, limit=BATCH, only=None if only is None else [only])
    if not claimed:
        return 0
    if any(upload.started_at is None for upload in claimed):
        # Requeued by an admin although nothing in it can become a session: back to quarantine, alone.
        raise Refused("it has no session_id or no start")
    stored = sessions.current(transaction, sorted({_key(upload) for upload in claimed}))
    verdict = judge(claimed, stored)
    inbox.settle(transaction, [upload.inbox_id for upload in verdict.repeated], "repeated")
    if verdict.winners:
        _store(transaction, verdict.winners, stored)
        sessions.mark_dirty(transaction, changed_starts(verdict.winners, stored), zone)
        inbox.settle(transaction, [upload.inbox_id for upload in verdict.winners], "persisted")
    return len(claimed)


def _store(transaction: Transaction, winners: list[Claimed], stored: dict[Key, StoredSession]) -> None:
    costs = [
        (upload.inbox_id, model, cost) for upload in winners for model, cost in upload_costs(upload).items()
    ]
    sessions.store(
        transaction,
        [upload.inbox_id for upload in winners],
        replacing=[upload.inbox_id for upload in winners if _key(upload) in stored],
        costs=costs,
        price_version=pricing.PRICE_VERSION,
    )


def judge(claimed: list[Claimed], stored: dict[Key, StoredSession]) -> Verdict:
    """Pick the newest snapshot of each session, where it says something new."""
    newest: dict[Key, Claimed] = {}
    for upload in claimed:
        rival = newest.get(_key(upload))
        if rival is None or not is_older(upload, rival):
            newest[_key(upload)] = upload
    winners = [upload for key, upload in newest.items() if is_news(upload, stored.get(key))]
    chosen = {upload.inbox_id for upload in winners}
    return Verdict(winners, [upload for upload in claimed if upload.inbox_id not in chosen])


def is_news(upload: Claimed, stored: StoredSession | None) -> bool:
    """An older snapshot is none, nor is the same one again; at another share level it holds more, or less."""
    if stored is None:
        return True
    same = upload.content_hash == stored.content_hash and upload.share_level == stored.share_level
    return not same and not is_older(upload, stored)


def is_older(snapshot: Claimed | StoredSession, other: Claimed | StoredSession) -> bool:
    """A smaller end, then fewer messages; an end that is not known says nothing."""
    if snapshot.ended_at and other.ended_at and snapshot.ended_at != other.ended_at:
        return snapshot.ended_at < other.ended_at
    return snapshot.total_messages < other.total_messages


def _key(upload: Claimed) -> Key:
    return upload.user_id, upload.session_id


def changed_starts(winners: list[Claimed], stored: dict[Key, StoredSession]) -> list[tuple[int, datetime]]:
    """(user_id, started_at) of all days that change: where a session lies now, and where it lay before."""
    return sorted(_starts(winners, stored))


def _starts(winners: list[Claimed], stored: dict[Key, StoredSession]) -> Iterator[tuple[int, datetime]]:
    for upload in winners:
        yield upload.user_id, upload.started_at
        before = stored.get(_key(upload))
        if before is not None:
            yield before.user_id, before.started_at


def upload_costs(upload: Claimed) -> dict[str, Decimal]:
    """US dollars by model: from the single responses, or from the sums where those are all there is."""
    day = upload.started_at.date()
    if upload.responses:
        responses = ((model, pricing.Tokens(*buckets)) for model, _, *buckets in upload.responses)
        return pricing.model_costs(responses, day)
    costs = {row["model"]: pricing.linear_cost(row["model"], _tokens(row), day) for row in upload.models}
    return {model: cost for model, cost in costs.items() if cost is not None}


def _tokens(row: dict[str, int]) -> pricing.Tokens:
    return pricing.Tokens(
        row["tokens_in"], row["tokens_out"], row["cache_read_tokens"], row["cache_creation_tokens"]
    )
