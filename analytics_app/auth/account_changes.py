"""Checks what forms say of people and keys, and hands valid changes to db in the name of the person who asks."""

import re
from typing import cast, get_args

from analytics_app.context.form_actions import FormError
from analytics_app.context.service import Service
from db.accounts import users
from db.accounts.account_records import Account, Role, ShareLevel
from db.accounts.administration import USERNAME, NewUser, UserAdmin
from db.errors import NoSuchPerson

EMAIL = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]{1,180}")
MAX_LABEL_LENGTH = 100
#: The largest id that PostgreSQL's bigint holds.
MAX_ID = 2**63 - 1


def user_admin(service: Service, actor: Account) -> UserAdmin:
    """Changes accounts and keys; the audit log names the actor."""
    return UserAdmin(service.database, service.settings.insights_key_prefix, actor_id=actor.user_id)


def new_user(
    username: object, email: object, role: object, share_level: object, *, in_leaderboard: bool
) -> NewUser:
    """Return what the form says; raises FormError for a bad name, address, role or level."""
    name = username.strip() if isinstance(username, str) else ""
    address = email.strip() if isinstance(email, str) else ""
    if not USERNAME.fullmatch(name):
        raise FormError("A name has letters, digits and . _ @ - only, and begins with a letter or digit.")
    if address and not EMAIL.fullmatch(address):
        raise FormError("That does not look like an e-mail address.")
    if role not in get_args(Role) or share_level not in get_args(ShareLevel):
        raise FormError("Choose a role and a share level.")
    return NewUser(
        username=name,
        email=address or None,
        role=cast(Role, role),
        share_level=cast(ShareLevel, share_level),
        show_in_leaderboard=in_leaderboard,
    )


def remove(service: Service, actor: Account, user_id: int, typed_name: object) -> str:
    """Start the deletion of a person and return their name; raises FormError unless it was typed exactly."""
    person = users.fetch_account(service.database, user_id)
    if person is None:
        raise NoSuchPerson
    if not isinstance(typed_name, str) or typed_name.strip() != person.username:
        raise FormError("That is not their name, so nothing was deleted.")
    user_admin(service, actor).remove(user_id)
    return person.username


def key_label(typed: object) -> str:
    """The label of a new key: the printable characters of what was typed, or "key"."""
    clean = "".join(filter(str.isprintable, typed)) if isinstance(typed, str) else ""
    return clean.strip()[:MAX_LABEL_LENGTH] or "key"
