"""A person changes their own password: the old one is asked for, and guessing it is slow."""

import threading
from typing import TypeGuard

import flask
from flask_login import login_user

from analytics_app.auth.guard import Person
from analytics_app.auth.login import may_try, origin
from analytics_app.context import Service
from analytics_app.pages.admin.admin_people import Unfit, user_admin
from db.accounts import logins, passwords, users
from db.accounts.account_records import Account
from db.accounts.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, WeakPassword

# One at a time: each takes 64 MiB, and nobody changes a password often.
_hashing = threading.BoundedSemaphore(1)


def change(service: Service, person: Account, old: object, new: object, again: object) -> None:
    """Store the new password, end all logins, and go on with this one; raises Unfit."""
    if not is_text(new) or not MIN_PASSWORD_LENGTH <= len(new) <= MAX_PASSWORD_LENGTH:
        raise Unfit("The new password has at least 10 characters, and at most 1,000.")
    if new != again:
        raise Unfit("The new password is not the same both times.")
    _check_old(service, person, old)
    try:
        with _hashing:
            user_admin(service, person).set_password(person.user_id, new)
    except WeakPassword:
        raise Unfit(
            "That password is one of the first that are guessed. Choose a longer or rarer one."
        ) from None
    renewed = users.fetch_account(service.database, person.user_id)
    if renewed is not None:
        login_user(Person(renewed))


def is_text(typed: object) -> TypeGuard[str]:
    """Is it something that a keyboard can say, and that has bytes?"""
    return isinstance(typed, str) and typed.encode("utf-8", "replace").decode() == typed


def _check_old(service: Service, person: Account, old: object) -> None:
    db, address = service.database, origin(flask.request.remote_addr)
    if not may_try(db, person.username, address):
        raise Unfit("That was tried too often. Please wait 15 minutes, then try again.")
    stored = users.fetch_password_hash(db, person.username)
    with _hashing:
        right = is_text(old) and service.offload(passwords.verify_password, stored, old[:MAX_PASSWORD_LENGTH])
    if not right:
        raise Unfit("The current password is not right.")
    logins.clear_login_failures(db, person.username, address)
