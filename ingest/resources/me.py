"""GET /api/v1/me and PUT /api/v1/me/settings: what a person can see and decide about the own data."""

from typing import Any, Literal

import falcon
import msgspec

from db.accounts.account_records import Account, Role, ShareLevel
from db.accounts.users import change_settings, fetch_own_figures
from db.connection import Database
from ingest.http.answers import MeAnswer, SettingsAnswer
from ingest.http.api_errors import ApiError, FieldError, pointer
from ingest.http.auth import Authenticator
from ingest.http.body import read_body
from ingest.http.strict_json import parse

LEVELS = ("none", "metadata", "full")
PURGED = "The text stored so far was deleted, because the share level is lower now."
PURGING = "The text stored so far is shown to nobody and being deleted: there is so much of it that it takes a while."


class SettingsUpload(msgspec.Struct, frozen=True):
    """The settings a person may change; what is left out stays."""

    share_level: Literal["none", "metadata", "full"] | None = None
    show_in_leaderboard: bool | None = None


class Me:
    """The person behind the key."""

    def __init__(self, authenticator: Authenticator, database: Database) -> None:
        self._authenticator = authenticator
        self._database = database

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Who am I here, what is kept of me, and how much is it."""
        account = self._authenticator.account(req)
        figures = fetch_own_figures(self._database, account.user_id)
        resp.media = MeAnswer(
            *_settings(account),
            sessions_count=figures.sessions_count,
            total_tokens=figures.total_tokens,
            total_tokens_in=figures.total_tokens_in,
            total_tokens_out=figures.total_tokens_out,
            cache_read_tokens=figures.cache_read_tokens,
            cache_creation_tokens=figures.cache_creation_tokens,
            last_upload_at=figures.last_upload_at,
        )

    on_head = on_get

    def on_put_settings(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Change what is sent; lowering the level deletes the text stored so far."""
        account = self._authenticator.account(req)
        requested = _read_settings(parse(read_body(req)).raise_for_errors())
        change = change_settings(
            self._database,
            account.user_id,
            share_level=requested.share_level,
            show_in_leaderboard=requested.show_in_leaderboard,
        )
        resp.media = SettingsAnswer(
            *_settings(change.account),
            purged=change.purged,
            warnings=[PURGED] * change.purged + [PURGING] * change.purging,
        )


def _settings(account: Account) -> tuple[str, str | None, Role, ShareLevel, bool]:
    """The fields of `answers.Settings`, in their order."""
    return (
        account.username,
        account.email,
        account.role,
        account.share_level,
        account.show_in_leaderboard,
    )


def _read_settings(document: Any) -> SettingsUpload:
    try:
        return msgspec.convert(document, SettingsUpload)
    except msgspec.ValidationError:
        raise ApiError("invalid_value", field_errors=_field_errors(document)) from None


def _field_errors(document: Any) -> list[FieldError]:
    if not isinstance(document, dict):
        return [FieldError("", "must be an object")]
    field_errors = []
    if document.get("share_level") not in (None, *LEVELS):
        field_errors.append(FieldError(pointer("share_level"), f"must be one of {', '.join(LEVELS)}"))
    if not isinstance(document.get("show_in_leaderboard"), bool | None):
        field_errors.append(FieldError(pointer("show_in_leaderboard"), "must be true or false"))
    return field_errors
