"""Logging in and out: a plain form that works without JavaScript."""

import ipaddress
import threading
from pathlib import Path

import flask
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from analytics_app.auth.guard import Person, current_account, own_path
from analytics_app.context import Service
from analytics_app.http.turns import ConcurrencyLimit
from analytics_app.i18n.languages import LANGUAGES
from analytics_app.view import current_language
from db.accounts import logins, passwords, users
from db.accounts.account_records import Account
from db.connection import Database

STYLE = Path(__file__).parents[1] / "templates" / "login.css"
MAX_FAILURES = 10
#: Of all names from one address, behind which there may be a whole office.
MAX_FAILURES_OF_ADDRESS = 60
#: Whoever has one IPv6 address has this whole network to choose from.
IPV6_HOME = 64
MAX_NAME_LENGTH = 200
LANGUAGE_SECONDS = 365 * 24 * 3600
#: Whoever finds no place tries again after so long.
BUSY_SECONDS = 2
# One argon2id takes 64 MiB: a crowd at the door must not take the machine's memory.
_hashing = threading.BoundedSemaphore(2)
# Nor every thread, by waiting: whoever is in goes on working. No address takes every place, either.
_places = ConcurrencyLimit(of_one=3, of_all=5)


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
            secure = flask.request.is_secure
            answer.set_cookie(
                "language", chosen, max_age=LANGUAGE_SECONDS, httponly=True, samesite="Lax", secure=secure
            )
        return answer

    @server.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return flask.jsonify(status="ok")


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
    if not _places.take(address):
        lang = current_language(None)
        busy = lang.text("Many people are logging in right now. Please try again in a moment.")
        return _form(service, busy), 503, {"Retry-After": str(BUSY_SECONDS)}
    try:
        return _looked_at(service, username, address)
    finally:
        _places.give_back(address)


def _too_often(service: Service) -> ResponseReturnValue:
    lang = current_language(None)
    return _form(service, lang.text("That was tried too often. Please wait 15 minutes, then try again.")), 429


def _looked_at(service: Service, username: str, address: str) -> ResponseReturnValue:
    lang, database = current_language(None), service.database
    password = flask.request.form.get("password", "")[: passwords.MAX_PASSWORD_LENGTH]
    if not may_try(database, username, address):
        return _too_often(service)
    account = _checked(service, username, password)
    if account is None:
        return _form(service, lang.text("Name and password do not match.")), 401
    logins.clear_login_failures(database, username, address)
    # Nothing that was put into the session before the login may survive it.
    flask.session.clear()
    flask.session.permanent = True
    login_user(Person(account))
    return flask.redirect(own_path(flask.request.form.get("next")), 303)


def may_try(database: Database, username: str, address: str) -> bool:
    """Is one more try allowed? It counts as failed from here on: of many at one moment no more are looked at."""
    if _reached(logins.count_recent_login_failures(database, username, address)):
        return False
    logins.record_login_failure(database, username, address)
    return not _reached(logins.count_recent_login_failures(database, username, address), more=1)


def _reached(failures: logins.Failures, *, more: int = 0) -> bool:
    return failures.of_name >= MAX_FAILURES + more or failures.of_address >= MAX_FAILURES_OF_ADDRESS + more


def origin(address: str | None) -> str:
    """Where a visitor comes from, as far as they can't choose it."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    mapped = getattr(known, "ipv4_mapped", None)
    if known.version == 4 or mapped:
        return str(mapped or known)
    return str(ipaddress.ip_network((known, IPV6_HOME), strict=False))


def _checked(service: Service, username: str, password: str) -> Account | None:
    """The account, if the password is right; for an unknown name it takes just as long to say no."""
    stored = users.fetch_password_hash(service.database, username)
    with _hashing:
        if not service.offload(passwords.verify_password, stored, password):
            return None
    return users.fetch_account_by_name(service.database, username)
