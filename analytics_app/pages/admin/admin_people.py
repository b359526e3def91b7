"""What the admin page asks for when it changes people and keys, checked before it is done in the admin's name."""

import re
from datetime import datetime
from typing import cast, get_args

from analytics_app.context import Service
from db.accounts import users
from db.accounts.account_records import Account, Role, ShareLevel
from db.accounts.administration import (
    USERNAME,
    CannotDeleteSelf,
    Credentials,
    LastAdmin,
    NewUser,
    TooManyKeys,
    UserAdmin,
)
from db.errors import NoSuchPerson

EMAIL = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]{1,180}")
MAX_LABEL_LENGTH = 100


class Unfit(Exception):
    """The form can't be used as filled in; the message is a sentence of the catalogue."""


def user_admin(service: Service, actor: Account) -> UserAdmin:
    """Whoever does what this admin asks for."""
    return UserAdmin(service.database, service.settings.insights_key_prefix, actor_id=actor.user_id)


def new_user(
    username: object, email: object, role: object, share_level: object, *, in_leaderboard: bool
) -> NewUser:
    """Check what the form says; raises Unfit."""
    name = username.strip() if isinstance(username, str) else ""
    address = email.strip() if isinstance(email, str) else ""
    if not USERNAME.fullmatch(name):
        raise Unfit("A name has letters, digits and . _ @ - only, and begins with a letter or digit.")
    if address and not EMAIL.fullmatch(address):
        raise Unfit("That does not look like an e-mail address.")
    if role not in get_args(Role) or share_level not in get_args(ShareLevel):
        raise Unfit("Choose a role and a share level.")
    return NewUser(
        username=name,
        email=address or None,
        role=cast(Role, role),
        share_level=cast(ShareLevel, share_level),
        show_in_leaderboard=in_leaderboard,
    )


def remove(service: Service, actor: Account, user_id: int, typed: object) -> str:
    """Have the person deleted whose name was typed, and return it; raises Unfit."""
    person = users.fetch_account(service.database, user_id)
    if person is None:
        raise Unfit("This person is not there any more.")
    if not isinstance(typed, str) or typed.strip() != person.username:
        raise Unfit("That is not their name, so nothing was deleted.")
    try:
        user_admin(service, actor).remove(user_id)
    except CannotDeleteSelf:
        raise Unfit(
            "Only another admin can delete your account; your data you delete on the page Me."
        ) from None
    except LastAdmin:
        raise Unfit("This is the last admin: make somebody else one first.") from None
    except NoSuchPerson:
        raise Unfit("This person is not there any more.") from None
    return person.username


def new_key(user_admin: UserAdmin, user_id: int, named: object, ends: datetime | None = None) -> Credentials:
    """One more key of this person; raises Unfit."""
    try:
        return user_admin.issue_key(user_id, label(named), ends)
    except TooManyKeys:
        raise Unfit(
            "That is too many keys. Stop those that nobody uses, or make the next one tomorrow."
        ) from None


def label(written: object) -> str:
    """What a key is called, from what was typed."""
    clean = "".join(filter(str.isprintable, written)) if isinstance(written, str) else ""
    return clean.strip()[:MAX_LABEL_LENGTH] or "key"
