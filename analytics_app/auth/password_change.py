"""Changes a person's own password, which requires the current one; guesses count as failed logins."""

import threading
from typing import TypeGuard

import flask
from flask_login import login_user

from analytics_app.auth.account_changes import user_admin
from analytics_app.auth.guard import Person
from analytics_app.auth.login import count_attempt, origin
from analytics_app.context.form_actions import FormError
from analytics_app.context.service import Service
from db.accounts import logins, passwords, users
from db.accounts.account_records import Account
from db.accounts.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH

# One at a time: each hash takes 64 MiB, and passwords rarely change.
_hashing = threading.BoundedSemaphore(1)


def change(service: Service, person: Account, old: object, new: object, repeated: object) -> None:
    """Store the new password, which ends all other logins; raises FormError or WeakPassword."""
    if not is_text(new) or not MIN_PASSWORD_LENGTH <= len(new) <= MAX_PASSWORD_LENGTH:
        raise FormError("The new password has at least 10 characters, and at most 1,000.")
    if new != repeated:
        raise FormError("The new password is not the same both times.")
    _check_old(service, person, old)
    with _hashing:
        user_admin(service, person).set_password(person.user_id, new)
    renewed = users.fetch_account(service.database, person.user_id)
    if renewed is not None:
        login_user(Person(renewed))


def is_text(typed: object) -> TypeGuard[str]:
    """Is it a text that UTF-8 can encode, thus without lone surrogates?"""
    return isinstance(typed, str) and typed.encode("utf-8", "replace").decode() == typed


def _check_old(service: Service, person: Account, old: object) -> None:
    db, address = service.database, origin(flask.request.remote_addr)
    if not count_attempt(db, person.username, address):
        raise FormError("That was tried too often. Please wait 15 minutes, then try again.")
    stored = users.fetch_password_hash(db, person.username)
    with _hashing:
        is_right = is_text(old) and service.offload(
            passwords.verify_password, stored, old[:MAX_PASSWORD_LENGTH]
        )
    if not is_right:
        raise FormError("The current password is not right.")
    logins.clear_login_failures(db, person.username, address)
