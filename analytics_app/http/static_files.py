"""The files that pages are made of: addresses that change with the content, and bytes that are packed once."""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
import flask

ASSETS: Final = Path(__file__).parents[1] / "assets"
PATHS: Final = ("/assets/", "/_dash-component-suites/", "/login.css")
PACKED_TYPES: Final = frozenset({"text/javascript", "application/javascript", "text/css", "image/svg+xml"})
SHORTEST: Final = 500
#: More than the pages have files in all their encodings.
MAX_KEPT: Final = 128
#: The best that takes a tenth of a second for the largest file; the levels above take seconds.
BROTLI_LEVEL: Final = 9
YEAR_SECONDS: Final = 365 * 24 * 3600
DAY_SECONDS: Final = 24 * 3600

Pack = Callable[[bytes], bytes]
#: The better one first; browsers offer it only over https or on this machine.
ENCODINGS: Final[dict[str, Pack]] = {
    "br": lambda content: brotli.compress(content, quality=BROTLI_LEVEL),
    "gzip": lambda content: gzip.compress(content, compresslevel=9, mtime=0),
}


def address(name: str) -> str:
    """Where an asset is found, for as long as it is what it is now."""
    return f"/assets/{name}?v={_fingerprint(name)}"


@lru_cache(maxsize=MAX_KEPT)
def _fingerprint(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:16]


def install(server: flask.Flask) -> None:
    """Pack files before the general compression would do it anew for every request."""
    server.after_request(_packed)


def is_static(response: flask.Response) -> bool:
    """One of these files, and not a refusal of it."""
    return flask.request.path.startswith(PATHS) and response.status_code in {200, 304}


def caching(response: flask.Response) -> str:
    """For good where the address tells the content; a day for icons, whose addresses stand in a style."""
    path = flask.request.path
    # Dash marks the files of its own that carry a fingerprint.
    if response.cache_control.max_age == YEAR_SECONDS or _says_what_it_is(path):
        return f"private, max-age={YEAR_SECONDS}, immutable"
    if path.startswith("/assets/icons/"):
        return f"private, max-age={DAY_SECONDS}"
    return "private, no-cache"


def _says_what_it_is(path: str) -> bool:
    """Another version than ours, as beside a newer server, must not be kept under this address."""
    told = flask.request.args.get("v")
    return told is not None and path.startswith("/assets/") and told == _fingerprint(path[len("/assets/") :])


def _packed(response: flask.Response) -> flask.Response:
    wanted = next((name for name in ENCODINGS if flask.request.accept_encodings[name] > 0), None)
    fits = response.status_code == 200 and response.mimetype in PACKED_TYPES and is_static(response)
    if not fits or wanted is None or flask.request.method != "GET":
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= SHORTEST:
        response.set_data(_pack(wanted, content))
        response.headers["Content-Encoding"] = wanted
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(f"{etag}:{wanted}")
        response.make_conditional(flask.request)
    return response


@lru_cache(maxsize=MAX_KEPT)
def _pack(encoding: str, content: bytes) -> bytes:
    return ENCODINGS[encoding](content)
