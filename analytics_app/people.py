"""What an admin changes about people and keys; each change is one transaction with its entry in the audit log."""

import re
from dataclasses import dataclass
from typing import cast, get_args

from analytics_app.service import Service
from db import accounts, audit, credentials, keys
from db.connection import Statements
from db.records import Account, Role, ShareLevel

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")
EMAIL = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]{1,180}")
LONGEST_LABEL = 100


class Unfit(Exception):
    """The form can't be used as filled in; the message is a sentence of the catalogue."""


@dataclass(frozen=True)
class Wish:
    """A person to be added, as the form asks for, checked."""

    username: str
    email: str | None
    role: Role
    share_level: ShareLevel


@dataclass(frozen=True)
class Secrets:
    """What is shown once and stored nowhere."""

    username: str
    key: str
    password: str | None = None


def wish(username: object, email: object, role: object, share_level: object) -> Wish:
    """Check what the form says; raises Unfit."""
    name = username.strip() if isinstance(username, str) else ""
    address = email.strip() if isinstance(email, str) else ""
    if not USERNAME.fullmatch(name):
        raise Unfit("A name has letters, digits and . _ @ - only, and begins with a letter or digit.")
    if address and not EMAIL.fullmatch(address):
        raise Unfit("That does not look like an e-mail address.")
    if role not in get_args(Role) or share_level not in get_args(ShareLevel):
        raise Unfit("Choose a role and a share level.")
    return Wish(name, address or None, cast(Role, role), cast(ShareLevel, share_level))


def add_person(service: Service, actor: Account, wish: Wish) -> Secrets:
    """Create the person with a first password and a first key; raises Conflict when the name is taken."""
    password = credentials.new_password()
    hashed = credentials.hash_password(password)
    with service.database.transaction() as transaction:
        account = accounts.create_account(
            transaction,
            username=wish.username,
            email=wish.email,
            role=wish.role,
            share_level=wish.share_level,
            show_in_leaderboard=service.settings.insights_leaderboard_default,
            password_hash=hashed,
        )
        detail: dict[str, object] = {"role": wish.role, "share_level": wish.share_level}
        audit.record(
            transaction,
            actor_id=actor.user_id,
            subject_id=account.user_id,
            action="person added",
            detail=detail,
        )
        key = _issue(transaction, service, actor, account, "first key")
    return Secrets(account.username, key, password)


def issue_key(service: Service, actor: Account, user_id: int, label: object) -> Secrets:
    """Another key beside those there are."""
    with service.database.transaction() as transaction:
        account = _found(transaction, user_id)
        return Secrets(account.username, _issue(transaction, service, actor, account, _label(label)))


def rotate_keys(service: Service, actor: Account, user_id: int) -> Secrets:
    """Stop all keys of the person at once and issue a new one."""
    with service.database.transaction() as transaction:
        account = _found(transaction, user_id)
        stopped = accounts.revoke_keys(transaction, user_id)
        audit.record(
            transaction,
            actor_id=actor.user_id,
            subject_id=user_id,
            action="keys revoked",
            detail={"count": stopped},
        )
        return Secrets(account.username, _issue(transaction, service, actor, account, "rotated"))


def revoke_key(service: Service, actor: Account, user_id: int, key_id: int) -> bool:
    """Stop one key of the person; False if it is not theirs or was stopped before."""
    with service.database.transaction() as transaction:
        own = [key for key in accounts.list_keys(transaction, user_id) if key.key_id == key_id]
        if not own or not accounts.revoke_key(transaction, key_id):
            return False
        audit.record(
            transaction,
            actor_id=actor.user_id,
            subject_id=user_id,
            action="key revoked",
            detail={"prefix": own[0].prefix, "label": own[0].label},
        )
        return True


def _issue(db: Statements, service: Service, actor: Account, account: Account, label: str) -> str:
    new = keys.new_key(service.settings.insights_key_prefix)
    accounts.issue_key(db, user_id=account.user_id, label=label, prefix=new.prefix, key_hash=new.key_hash)
    audit.record(
        db,
        actor_id=actor.user_id,
        subject_id=account.user_id,
        action="key issued",
        detail={"prefix": new.prefix, "label": label},
    )
    return new.raw


def _label(label: object) -> str:
    clean = (
        "".join(character for character in label if character.isprintable()) if isinstance(label, str) else ""
    )
    return clean.strip()[:LONGEST_LABEL] or "key"


def _found(db: Statements, user_id: int) -> Account:
    account = accounts.account_by_id(db, user_id)
    if account is None:
        raise Unfit("This person is not there any more.")
    return account
