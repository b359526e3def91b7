"""Addresses of our assets that change with their content, how long browsers keep files, and compression."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

import flask
from flask_compress import Compress

ASSETS: Final = Path(__file__).parents[1] / "assets"
PATHS: Final = ("/assets/", "/_dash-component-suites/", "/login.css")
YEAR_SECONDS: Final = 365 * 24 * 3600
DAY_SECONDS: Final = 24 * 3600


def address(name: str) -> str:
    """The address of an asset; it changes with the content."""
    return f"/assets/{name}?v={_fingerprint(name)}"


@lru_cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:16]


def compress(server: flask.Flask) -> None:
    """Compress every response that is worth it; browsers accept brotli and zstd only over https or on this machine."""
    server.config.update(
        # Brotli 5 makes the files of a page 2 % larger than 9, in a quarter of the time: nothing has to be kept.
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br", "gzip"],
    )
    Compress(server)

    @server.after_request
    def read_file(response: flask.Response) -> flask.Response:
        """Runs before the compression, which answers 304 and closes the file only if it is no stream."""
        if is_static(response):
            response.direct_passthrough = False
            response.get_data()
        return response


def is_static(response: flask.Response) -> bool:
    """Is this one of the static files, rather than an error in its place?"""
    return flask.request.path.startswith(PATHS) and response.status_code in {200, 304}


def caching(response: flask.Response) -> str:
    """The Cache-Control of a static file: a year where its address changes with its content, else at most a day."""
    path, version = flask.request.path, flask.request.args.get("v")
    # Another version than ours, as beside a newer server, must not be kept under this address.
    ours = version is not None and path.startswith("/assets/") and version == _fingerprint(path[8:])
    # Dash says a year for those of its own files that carry a fingerprint.
    if ours or response.cache_control.max_age == YEAR_SECONDS:
        return f"private, max-age={YEAR_SECONDS}, immutable"
    # The addresses of icons are in a style sheet, without a version.
    return f"private, max-age={DAY_SECONDS}" if path.startswith("/assets/icons/") else "private, no-cache"
