"""Denies every endpoint by default, and tells callbacks and routes which account a request comes from."""

from functools import partial

import flask
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database

#: The endpoints that need no login; every other one does, also one that a later Dash adds.
OPEN_ENDPOINTS = frozenset({"login", "login_style", "healthz"})

#: Forms of pages whose login may have ended meanwhile: they redirect to the login.
FORMS = frozenset({"logout", "language", "preferences"})


class Person(UserMixin):  # type: ignore[misc]
    """The account for flask-login; a logout, a new password and a new role change its id, which ends all logins."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """The text that the session cookie carries."""
        return f"{self.account.user_id}:{self.account.session_epoch}:{self.account.role}"

    @property
    def is_active(self) -> bool:
        """A deactivated account is not logged in."""
        return self.account.active


def install(server: flask.Flask, database: Database) -> None:
    """Register the guard; call it before Dash exists, so that it runs before Dash's own handlers."""
    manager = LoginManager(server)
    # It would end the login when an address changes; the id of Person already ends stolen logins.
    manager.session_protection = None
    manager.user_loader(partial(_person, database))
    server.before_request(_deny_by_default)


def _person(database: Database, identifier: str) -> Person | None:
    """The person of a cookie; None if their logins have ended or their role has changed since."""
    user_id = identifier.partition(":")[0]
    account = users.fetch_account(database, int(user_id)) if user_id.isdecimal() else None
    person = Person(account) if account and account.active else None
    return person if person and person.get_id() == identifier else None


def _deny_by_default() -> ResponseReturnValue | None:
    if flask.request.endpoint in OPEN_ENDPOINTS or current_user.is_authenticated:
        return None
    if flask.request.endpoint in FORMS:
        return flask.redirect(flask.url_for("login"))
    # Pages are Dash's index and its catch-all.
    if flask.request.method == "GET" and flask.request.endpoint in {"/", "/<path:path>"}:
        requested = flask.request.full_path.rstrip("?")
        return flask.redirect(flask.url_for("login", next=None if requested == "/" else requested))
    return flask.jsonify(error="login required"), 401


def own_path(target: object) -> str:
    """The path to go to after the login: never another host, else "/"."""
    if not isinstance(target, str) or not target.startswith("/") or target.startswith("//"):
        return "/"
    is_harmless = all(character.isprintable() and character != "\\" for character in target)
    return target if is_harmless and not target.startswith("/login") else "/"
