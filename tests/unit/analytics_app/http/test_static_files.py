"""Versioned addresses, caching and compression of static files, and a plotly.js that fits plotly.py."""

import gzip
import re
from pathlib import Path

import brotli
import flask
import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseTraceType
from plotly.offline import get_plotlyjs_version
from werkzeug.test import Client, TestResponse

from analytics_app.http import static_files
from analytics_app.http.static_files import ASSETS, address

SCRIPT = "insights.js"
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
PACKAGE = Path(static_files.__file__).parents[1]
[PLOTLY] = (ASSETS / "vendor").glob("plotly-*.js")


@pytest.fixture
def client() -> Client:
    """A server that has these files and nothing else."""
    server = flask.Flask(__name__, static_folder=str(ASSETS), static_url_path="/assets")

    @server.after_request
    def with_caching(response: flask.Response) -> flask.Response:
        response.headers["Cache-Control"] = static_files.caching(response)
        return response

    static_files.compress(server)
    return Client(server)


def get(client: Client, path: str, **headers: str) -> TestResponse:
    return client.get(
        path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True
    )


def caching_of(client: Client, path: str) -> str:
    return get(client, path).headers["Cache-Control"]


def test_a_file_under_its_versioned_address_is_cached_for_a_year(client: Client) -> None:
    assert caching_of(client, address(SCRIPT)) == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["/assets/insights.js", "/assets/insights.js?v=", "/assets/insights.js?v=older"]
)
def test_under_any_other_address_it_is_revalidated(client: Client, path: str) -> None:
    assert caching_of(client, path) == "private, no-cache"


def test_an_icon_is_cached_for_a_day(client: Client) -> None:
    assert caching_of(client, "/assets/icons/team.svg") == "private, max-age=86400"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip")],
)
def test_a_file_has_the_best_encoding_that_the_browser_accepts(
    client: Client, accepted: str, sent: str
) -> None:
    answer = get(client, address(SCRIPT), Accept_Encoding=accepted)

    assert answer.headers["Content-Encoding"] == sent
    assert UNPACK[sent](answer.data) == (ASSETS / SCRIPT).read_bytes()


@pytest.mark.parametrize("path", ["/assets/insights.js", "/assets/icons/mark.svg"])
def test_a_small_file_or_an_unknown_encoding_is_sent_uncompressed(client: Client, path: str) -> None:
    accepted = "gzip" if path.endswith(".svg") else "deflate"
    answer = get(client, path, Accept_Encoding=accepted)

    assert "Content-Encoding" not in answer.headers
    assert answer.data == (PACKAGE / path[1:]).read_bytes()


def test_a_file_that_the_browser_has_is_a_304(client: Client) -> None:
    path = "/assets/insights.js"
    known = get(client, path, Accept_Encoding="gzip").headers["ETag"]

    answer = get(client, path, Accept_Encoding="gzip", If_None_Match=known)

    assert (answer.status_code, answer.data) == (304, b"")


def test_the_pages_plotly_is_the_one_that_plotly_py_expects() -> None:
    version = get_plotlyjs_version()

    assert PLOTLY.name == f"plotly-cartesian-{version}.min.js"
    assert f"plotly.js (cartesian - minified) v{version}" in PLOTLY.read_text()[:200]


def traces() -> set[str]:
    """Every kind of trace that our figures are made of."""
    text = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    made = re.findall(r'"type": "(\w+)"', text)
    kinds = {name.lower(): kind for name in dir(go) if isinstance(kind := getattr(go, name), type)}
    return {name.lower() for name in made if issubclass(kinds.get(name.lower(), object), BaseTraceType)}


def test_every_trace_that_is_drawn_is_in_it() -> None:
    held = set(re.findall(r'moduleType:"trace",name:"(\w+)"', PLOTLY.read_text()))

    assert {"bar", "scatter", "heatmap"} <= traces() <= held


def test_its_licence_lies_beside_it() -> None:
    assert "MIT" in (PLOTLY.parent / "plotly-LICENSE.txt").read_text()
