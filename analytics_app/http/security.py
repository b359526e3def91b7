"""What goes with every answer: headers, cookies, form tokens, and errors that tell nothing of the inside."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import flask
from dash.exceptions import DependencyException
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from analytics_app.http import static_files
from analytics_app.view import current_language
from db.errors import Refused, StorageError

CSRF_COOKIE = "_csrf_token"
MAX_BODY_BYTES = 1024 * 1024
LOGIN_LASTS = timedelta(days=14)
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class SecureOverHttps(SecureCookieSessionInterface):
    """Session cookies that never travel in the clear once the page came over https."""

    def get_cookie_secure(self, app: flask.Flask) -> bool:
        """Decided by the request, so `make run` works on plain localhost."""
        return flask.request.is_secure


def install(server: flask.Flask, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Set up cookies, form tokens, headers and error answers on the server."""
    server.session_interface = SecureOverHttps()
    server.config.update(
        SESSION_COOKIE_NAME="insights_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LOGIN_LASTS,
        # A page may stay open for days; the token ends with the session.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
    )
    CSRFProtect(server)
    server.register_error_handler(HTTPException, _refusal)
    server.register_error_handler(DependencyException, lambda _error: _refusal(NotFound()))
    server.register_error_handler(Refused, _unfit)
    server.register_error_handler(StorageError, _unavailable)
    server.after_request(lambda response: _with_headers(response, script_hashes))


def believe_proxies(server: flask.Flask, count: int) -> None:
    """Take a visitor's address and https from so many proxies in front; without any, from the connection alone."""
    if count:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def _with_headers(response: flask.Response, script_hashes: Callable[[], Sequence[str]]) -> flask.Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Content-Security-Policy", _policy(response, script_hashes))
    is_static = static_files.is_static(response)
    response.headers["Cache-Control"] = static_files.caching(response) if is_static else "no-store"
    if response.mimetype == "text/html" and flask.request.endpoint != "login":
        # Readable by the page's own scripts on purpose: Dash sends it back in a header with each callback.
        response.set_cookie(CSRF_COOKIE, generate_csrf(), samesite="Lax", secure=flask.request.is_secure)
    return response


def _policy(response: flask.Response, script_hashes: Callable[[], Sequence[str]]) -> str:
    """Dash knows the hashes of its inline scripts only after the first page, so they are asked for each time."""
    if response.mimetype != "text/html" or flask.request.endpoint == "login":
        return PLAIN_POLICY
    scripts = " ".join(["'self'", *script_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
        " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self';"
        " form-action 'self'; frame-ancestors 'none'"
    )


def _refusal(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code, headers = error.code or 500, dict(_kept_headers(error))
    if _opened_by_a_person():
        return _trouble(away=False), code, headers
    return flask.jsonify(error=error.name.lower()), code, headers


def _kept_headers(error: HTTPException) -> list[tuple[str, str]]:
    """What a refusal must say beside its status, such as Allow."""
    return [
        (name, value) for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}
    ]


def _unfit(_error: Refused) -> ResponseReturnValue:
    return flask.jsonify(error="bad request"), 400


def _unavailable(_error: StorageError) -> ResponseReturnValue:
    if _opened_by_a_person():
        return _trouble(away=True), 503, {"Retry-After": "5", "Refresh": "5"}
    return flask.jsonify(error="the database does not answer"), 503, {"Retry-After": "5"}


def _opened_by_a_person() -> bool:
    """Only a window that goes to an address asks for HTML; scripts and other programs do not."""
    return "text/html" in flask.request.headers.get("Accept", "")


def _trouble(*, away: bool) -> str:
    """A page that needs no database: the browser says the language, and nobody asks who is logged in."""
    lang = current_language(None)
    template = flask.current_app.jinja_env.get_template("trouble.html")
    return template.render(text=lang.text, language=lang.code, away=away)
