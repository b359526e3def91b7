"""Headers, cookies and form tokens of every response, and error responses without internal details."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import flask
from dash.exceptions import DependencyException
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from analytics_app.context.view import current_language
from analytics_app.http import static_files
from db.errors import Refused, StorageError

CSRF_COOKIE = "_csrf_token"
MAX_BODY_BYTES = 1024 * 1024
LOGIN_LASTS = timedelta(days=14)
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class SecureOverHttps(SecureCookieSessionInterface):
    """Marks session cookies of https pages as Secure."""

    def get_cookie_secure(self, app: flask.Flask) -> bool:
        """Return the scheme of the request, since `make run` serves plain http on localhost."""
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
    server.register_error_handler(HTTPException, _http_error)
    server.register_error_handler(DependencyException, lambda _error: _http_error(NotFound()))
    server.register_error_handler(Refused, lambda _error: (flask.jsonify(error="bad request"), 400))
    server.register_error_handler(StorageError, _unavailable)
    server.after_request(lambda response: _with_headers(response, script_hashes))


def trust_proxies(server: flask.Flask, count: int) -> None:
    """Read the visitor's address and scheme from the headers of so many proxies; with 0 from the connection."""
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
        # Not HttpOnly: the page's scripts read it, since Dash sends it in a header with each callback.
        response.set_cookie(CSRF_COOKIE, generate_csrf(), samesite="Lax", secure=flask.request.is_secure)
    return response


def _policy(response: flask.Response, script_hashes: Callable[[], Sequence[str]]) -> str:
    """The Content-Security-Policy; Dash knows the hashes of its inline scripts only after the first page."""
    if response.mimetype != "text/html" or flask.request.endpoint == "login":
        return PLAIN_POLICY
    scripts = " ".join(["'self'", *script_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
        " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self';"
        " form-action 'self'; frame-ancestors 'none'"
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    # Such as Allow, which belongs to the status.
    ours = {"Content-Type", "Content-Length"}
    code, headers = error.code or 500, {k: v for k, v in error.get_headers() if k not in ours}
    if _accepts_html():
        return _error_page(is_database_away=False), code, headers
    return flask.jsonify(error=error.name.lower()), code, headers


def _unavailable(_error: StorageError) -> ResponseReturnValue:
    if _accepts_html():
        return _error_page(is_database_away=True), 503, {"Retry-After": "5", "Refresh": "5"}
    return flask.jsonify(error="the database does not answer"), 503, {"Retry-After": "5"}


def _accepts_html() -> bool:
    """Only a browser that opens an address accepts HTML; scripts and other programs do not."""
    return "text/html" in flask.request.headers.get("Accept", "")


def _error_page(*, is_database_away: bool) -> str:
    """A page that needs no database: it does not look up who is logged in, so the browser chooses the language."""
    lang = current_language(None)
    template = flask.current_app.jinja_env.get_template("trouble.html")
    return template.render(text=lang.text, language=lang.code, away=is_database_away)
