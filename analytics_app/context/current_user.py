"""Who sends the request: the account of the login session, and the languages that its person prefers."""

from collections.abc import Mapping

import flask
from flask_login import current_user
from werkzeug.exceptions import Forbidden, Unauthorized

from db.accounts.account_records import Account


def current_account() -> Account:
    """The account that the request comes from; raises 401, so a callback is safe even without the guard."""
    if not current_user.is_authenticated:
        raise Unauthorized
    account = current_user.account
    assert isinstance(account, Account)  # noqa: S101 - tells mypy what the user loader returns
    return account


def require_admin() -> Account:
    """The admin that the request comes from; raises 403 for a member. Every admin callback begins with it."""
    account = current_account()
    if not account.is_admin:
        raise Forbidden
    return account


def preferred_languages(account: Account | None, cookies: Mapping[str, str]) -> list[str]:
    """Language tags, the preferred one first: from the cookie, the person's setting, then the browser."""
    chosen = [cookies.get("language"), account.locale if account else None]
    return [tag for tag in chosen if tag] + list(flask.request.accept_languages.values())
