"""Addresses that change with the content, bytes packed once, and a plotly.js that fits plotly.py."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import flask
import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseTraceType
from plotly.offline import get_plotlyjs_version
from werkzeug.test import Client, TestResponse

from analytics_app.http import static_files
from analytics_app.http.static_files import ASSETS, ENCODINGS, address

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

    static_files.install(server)
    return Client(server)


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What is packed from now on, in the order of the work."""
    done: list[bytes] = []
    pack = ENCODINGS["gzip"]
    monkeypatch.setitem(ENCODINGS, "gzip", lambda content: done.append(content) or pack(content))
    static_files._pack.cache_clear()
    yield done
    static_files._pack.cache_clear()


def get(client: Client, path: str, **headers: str) -> TestResponse:
    return client.get(
        path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True
    )


def caching_of(client: Client, path: str) -> str:
    return get(client, path).headers["Cache-Control"]


def test_a_file_under_the_address_of_its_content_is_kept_for_good(client: Client) -> None:
    assert caching_of(client, address(SCRIPT)) == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["/assets/insights.js", "/assets/insights.js?v=", "/assets/insights.js?v=older"]
)
def test_under_any_other_address_it_is_asked_for_again(client: Client, path: str) -> None:
    assert caching_of(client, path) == "private, no-cache"


def test_an_icon_is_kept_for_a_day(client: Client) -> None:
    assert caching_of(client, "/assets/icons/team.svg") == "private, max-age=86400"


@pytest.mark.parametrize(
    ("offered", "taken"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip")],
)
def test_a_file_comes_in_the_best_packing_that_is_offered(client: Client, offered: str, taken: str) -> None:
    answer = get(client, address(SCRIPT), Accept_Encoding=offered)

    assert answer.headers["Content-Encoding"] == taken
    assert UNPACK[taken](answer.data) == (ASSETS / SCRIPT).read_bytes()


@pytest.mark.parametrize("path", ["/assets/insights.js", "/assets/icons/mark.svg"])
def test_without_an_offer_or_worth_a_file_comes_as_it_is(client: Client, path: str) -> None:
    offered = "gzip" if path.endswith(".svg") else "zstd"
    answer = get(client, path, Accept_Encoding=offered)

    assert "Content-Encoding" not in answer.headers
    assert answer.data == (PACKAGE / path[1:]).read_bytes()


def test_the_same_bytes_are_packed_once(client: Client, packed: list[bytes]) -> None:
    for _ in range(3):
        get(client, address(SCRIPT), Accept_Encoding="gzip")

    assert packed == [(ASSETS / SCRIPT).read_bytes()]


def test_a_file_that_is_known_is_not_sent_again(client: Client) -> None:
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
