"""Who is asking: deny by default on every endpoint, and the login that opens them."""

from collections.abc import Mapping

import flask
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import Forbidden, Unauthorized

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database

#: All that answers without a login; every other endpoint, also one that Dash adds later, does not.
OPEN_ENDPOINTS = frozenset({"login", "login_style", "healthz"})

#: Sent by a page whose login may have ended meanwhile: that leads to the login, too.
FORMS = frozenset({"logout", "language", "preferences"})


class Person(UserMixin):  # type: ignore[misc]
    """An account as flask-login carries it: its id ends with the epoch that logout and a new password raise."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """What the session cookie remembers."""
        return f"{self.account.user_id}:{self.account.session_epoch}:{self.account.role}"

    @property
    def is_active(self) -> bool:
        """A deactivated person is nobody."""
        return self.account.active


def install(server: flask.Flask, database: Database) -> None:
    """Put the guard before everything else that the server does."""
    manager = LoginManager(server)
    # It would log people out whose address changes, and the epoch below already ends stolen logins.
    manager.session_protection = None
    manager.user_loader(lambda identifier: _person(database, identifier))
    # Registered before Dash exists, so it runs before Dash's own handlers too.
    server.before_request(_deny_by_default)


def _person(database: Database, identifier: str) -> Person | None:
    """The person behind a cookie, unless their logins have ended or their role changed since."""
    user_id = identifier.partition(":")[0]
    account = users.fetch_account(database, int(user_id)) if user_id.isdecimal() else None
    person = Person(account) if account and account.active else None
    return person if person and person.get_id() == identifier else None


def _deny_by_default() -> ResponseReturnValue | None:
    if flask.request.endpoint in OPEN_ENDPOINTS or current_user.is_authenticated:
        return None
    if flask.request.endpoint in FORMS:
        return flask.redirect(flask.url_for("login"))
    if flask.request.method == "GET" and _is_page(flask.request.endpoint):
        asked = flask.request.full_path.rstrip("?")
        return flask.redirect(flask.url_for("login", next=None if asked == "/" else asked))
    return flask.jsonify(error="login required"), 401


def _is_page(endpoint: str | None) -> bool:
    """Pages are Dash's index and its catch-all."""
    return endpoint in {"/", "/<path:path>"}


def current_account() -> Account:
    """Who is asking; raises 401, so a callback is safe even without the guard before it."""
    if not current_user.is_authenticated:
        raise Unauthorized
    account = current_user.account
    assert isinstance(account, Account)  # noqa: S101 - tells mypy what our user loader made
    return account


def require_admin() -> Account:
    """The asking admin; raises 403 for a member. Every admin callback begins with it."""
    account = current_account()
    if not account.is_admin:
        raise Forbidden
    return account


def own_path(target: object) -> str:
    """Where to go after the login: only a path of our own, never another host."""
    if not isinstance(target, str) or not target.startswith("/") or target.startswith("//"):
        return "/"
    harmless = all(character.isprintable() and character != "\\" for character in target)
    return target if harmless and not target.startswith("/login") else "/"


def wanted_languages(account: Account | None, cookies: Mapping[str, str]) -> list[str]:
    """Language tags in the order they count: chosen here, the person's setting, then the browser's."""
    chosen = [cookies.get("language"), account.locale if account else None]
    return [tag for tag in chosen if tag] + list(flask.request.accept_languages.values())
