"""A database and a doorbell in memory: they answer the named statements that the edge uses, by their names."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from db.accounts.api_keys import hash_key
from db.errors import StorageUnavailable
from tasks.queue.notifier import QueueFigures

Row = dict[str, Any]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def person(user_id: int, username: str, share_level: str) -> Row:
    """A row of `users`, as caller_by_key returns it."""
    return {
        "user_id": user_id,
        "username": username,
        "email": f"{username}@example.org",
        "role": "member",
        "share_level": share_level,
        "show_in_leaderboard": True,
        "active": True,
        "session_epoch": 1,
        "locale": None,
        "time_zone": None,
        "theme": None,
        "created_at": NOW,
        "last_seen_at": None,
    }


class FakeDatabase:
    """Each method with the name of a statement plays that statement; an unknown one fails loudly."""

    def __init__(self) -> None:
        self.people = [person(1, "alice", "full"), person(2, "bob", "metadata"), person(3, "charlie", "none")]
        self.keys = {hash_key(f"dkd_sk_{row['username']}"): row for row in self.people}
        self.inbox: list[Row] = []
        self.purged: list[str] = []
        self.audit: list[Row] = []
        self.answers: dict[str, list[Row]] = {}
        self.asked: list[tuple[str, Row]] = []
        self.down = False
        #: Levels that come into force one by one, each at the moment an upload is to be committed.
        self.level_changes: list[str] = []

    def fetch(self, statement: str, **parameters: object) -> list[Row]:
        """Play a statement that returns rows."""
        return self._play(statement, parameters)

    def fetch_one(self, statement: str, **parameters: object) -> Row | None:
        """Play a statement that returns one row or none."""
        rows = self._play(statement, parameters)
        return rows[0] if rows else None

    def execute(self, statement: str, **parameters: object) -> int:
        """Play a statement whose count of rows matters."""
        return len(self._play(statement, parameters))

    @contextmanager
    def transaction(self, *, deadline: float | None = None) -> Iterator["FakeDatabase"]:
        """Everything here is one step anyway."""
        yield self

    def _play(self, statement: str, parameters: Row) -> list[Row]:
        if self.down:
            raise StorageUnavailable("down")
        self.asked.append((statement, parameters))
        if statement in self.answers:
            return self.answers[statement]
        if "text_purge" in statement:
            self.purged.append(statement)
            return []
        play = getattr(self, f"_{statement}", None)
        assert play, (
            f"nobody plays {statement}: give FakeDatabase a method of that name, or its answers a row"
        )
        return play(**parameters)

    def _person(self, user_id: int) -> Row:
        return next(row for row in self.people if row["user_id"] == user_id)

    def _ping(self) -> list[Row]:
        return [{"answer": 1}]

    def _caller_by_key(self, key_hash: bytes) -> list[Row]:
        row = self.keys.get(key_hash)
        return [row | {"key_id": 1, "use_is_news": False}] if row and row["active"] else []

    def _fetch_account(self, user_id: int) -> list[Row]:
        return [self._person(user_id)]

    def _account_lock(self, user_id: int) -> list[Row]:
        return [dict(self._person(user_id))]

    def _settings_change(self, user_id: int, **changes: object) -> list[Row]:
        row = self._person(user_id)
        row.update({name: value for name, value in changes.items() if value is not None})
        return [row]

    def _record_audit_entry(self, **entry: object) -> list[Row]:
        self.audit.append(entry)
        return [entry]

    def _insert_uploads(
        self, user_ids: list[int], share_levels: list[str], **columns: list[Any]
    ) -> list[Row]:
        if self.level_changes:
            self._person(user_ids[0])["share_level"] = self.level_changes.pop(0)
        names = ("upload_id", "kind", "name", "reason", "body")
        rows = zip(
            *(columns[name] for name in ("upload_ids", "kinds", "names", "reasons", "bodies")), strict=True
        )
        received = [
            dict(zip(names, row, strict=True)) | {"user_id": user_id}
            for user_id, level, row in zip(user_ids, share_levels, rows, strict=True)
            if self._person(user_id)["share_level"] == level
        ]
        self.inbox += received
        return received


class FakeNotifier:
    """Counts its rings; `hears` says whether anybody would hear them."""

    def __init__(self) -> None:
        self.rings = 0
        self.hears = True
        self.known: QueueFigures | None = None

    def notify(self) -> None:
        """Count."""
        self.rings += 1

    def ping(self) -> bool:
        """Would anybody hear?"""
        return self.hears

    def figures(self) -> QueueFigures | None:
        """What a test wants to be known of the queue."""
        return self.known
