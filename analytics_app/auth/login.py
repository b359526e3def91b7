"""Login and logout: plain Flask routes and a form that works without JavaScript."""

import ipaddress
import threading
from pathlib import Path

import flask
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug import Response

from analytics_app.auth.guard import Person, own_path
from analytics_app.context.current_user import current_account
from analytics_app.context.service import Service
from analytics_app.context.view import current_language
from analytics_app.i18n.languages import LANGUAGES
from db.accounts import logins, passwords, users
from db.accounts.account_records import Account
from db.connection import Database
from web.concurrency_limit import ConcurrencyLimit, LimitExceeded

STYLE = Path(__file__).parents[1] / "templates" / "login.css"
MAX_FAILURES = 10
#: For all names from one address, which a whole office may share.
MAX_FAILURES_OF_ADDRESS = 60
#: The length of the prefix that one IPv6 subscriber has at least.
IPV6_PREFIX = 64
MAX_NAME_LENGTH = 200
LANGUAGE_SECONDS = 365 * 24 * 3600
#: A login that was refused because of too many others may be sent again after that.
RETRY_SECONDS = 2
# One argon2id hash takes 64 MiB: many logins at once must not exhaust the memory.
_hashing = threading.BoundedSemaphore(2)
# Waiting logins must not occupy every thread, nor those of one address all that are left to logins.
_concurrent_logins = ConcurrencyLimit(per_key=3, total=5)


def install(server: flask.Flask, service: Service) -> None:
    """Add the routes that are plain Flask, beside those of Dash."""

    @server.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        if flask.request.method == "POST":
            return _log_in(service)
        if current_user.is_authenticated:
            return flask.redirect(own_path(flask.request.args.get("next")))
        return _form(service)

    @server.get("/login.css")
    def login_style() -> ResponseReturnValue:
        return flask.send_file(STYLE)

    @server.post("/logout")
    def logout() -> ResponseReturnValue:
        users.end_logins(service.database, current_account().user_id)
        logout_user()
        flask.session.clear()
        return flask.redirect(flask.url_for("login"), 303)

    @server.post("/language")
    def language() -> ResponseReturnValue:
        answer = flask.redirect(own_path(flask.request.form.get("next")), 303)
        if (chosen := flask.request.form.get("language")) in LANGUAGES:
            set_language(answer, chosen)
        return answer

    @server.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return flask.jsonify(status="ok")


def set_language(answer: Response, code: str) -> None:
    """Have the browser remember the language of its reader."""
    secure = flask.request.is_secure
    answer.set_cookie(
        "language", code, max_age=LANGUAGE_SECONDS, httponly=True, samesite="Lax", secure=secure
    )


def _form(service: Service, problem: str | None = None) -> str:
    lang = current_language(None)
    return flask.render_template(
        "login.html",
        text=lang.text,
        language=lang.code,
        title=service.settings.insights_title,
        problem=problem,
        username=flask.request.form.get("username", "")[:MAX_NAME_LENGTH],
        next=own_path(flask.request.values.get("next")),
    )


def _log_in(service: Service) -> ResponseReturnValue:
    username = flask.request.form.get("username", "").strip()[:MAX_NAME_LENGTH].replace("\0", "")
    address = origin(flask.request.remote_addr)
    if _reached(logins.count_recent_login_failures(service.database, username, address)):
        return _too_often(service)
    try:
        with _concurrent_logins.slot(address):
            return _authenticate(service, username, address)
    except LimitExceeded:
        lang = current_language(None)
        busy = lang.text("Many people are logging in right now. Please try again in a moment.")
        return _form(service, busy), 503, {"Retry-After": str(RETRY_SECONDS)}


def _too_often(service: Service) -> ResponseReturnValue:
    lang = current_language(None)
    return _form(service, lang.text("That was tried too often. Please wait 15 minutes, then try again.")), 429


def _authenticate(service: Service, username: str, address: str) -> ResponseReturnValue:
    lang, database = current_language(None), service.database
    password = flask.request.form.get("password", "")[: passwords.MAX_PASSWORD_LENGTH]
    if not count_attempt(database, username, address):
        return _too_often(service)
    account = _verified(service, username, password)
    if account is None:
        return _form(service, lang.text("Name and password do not match.")), 401
    logins.clear_login_failures(database, username, address)
    # Nothing that was put into the session before the login may survive it.
    flask.session.clear()
    flask.session.permanent = True
    login_user(Person(account))
    return flask.redirect(own_path(flask.request.form.get("next")), 303)


def count_attempt(database: Database, username: str, address: str) -> bool:
    """Count an attempt as failed, so that parallel ones can't exceed the limit; False if it is not allowed."""
    if _reached(logins.count_recent_login_failures(database, username, address)):
        return False
    logins.record_login_failure(database, username, address)
    return not _reached(logins.count_recent_login_failures(database, username, address), more=1)


def _reached(failures: logins.Failures, *, more: int = 0) -> bool:
    return failures.of_name >= MAX_FAILURES + more or failures.of_address >= MAX_FAILURES_OF_ADDRESS + more


def origin(address: str | None) -> str:
    """The part of a visitor's address that they can't choose: IPv4 whole, of IPv6 the network."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    mapped = getattr(known, "ipv4_mapped", None)
    if known.version == 4 or mapped:
        return str(mapped or known)
    return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False))


def _verified(service: Service, username: str, password: str) -> Account | None:
    """The account, if the password is right; an unknown name takes as long as a wrong password."""
    stored = users.fetch_password_hash(service.database, username)
    with _hashing:
        if not service.offload(passwords.verify_password, stored, password):
            return None
    return users.fetch_account_by_name(service.database, username)
