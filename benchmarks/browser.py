"""A browser without a screen: logs in, opens a page of the dashboard, and asks what Dash's own code would ask."""

import gzip
import http.client
import json
import re
import time
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

CALLBACK = "/_dash-update-component"
LOGIN_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
#: The callback that brings a page's frame.
FRAME = "content.children"
#: A callback as Dash tells it to browsers.
Callback = Mapping[str, Any]


class Answer(NamedTuple):
    """One answer, and the seconds from the first byte of the request to the last of the answer."""

    status: int
    body: bytes
    seconds: float


class Browser:
    """One person on one connection that stays open; answers come packed, as browsers on plain http want them."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
        self._cookies: dict[str, str] = {}
        self._callbacks: list[Callback] = []

    def log_in(self, name: str, password: str) -> None:
        """Fill in the form; then open a page, which hands out the token for callbacks, and ask what can be called."""
        token = LOGIN_TOKEN.search(self.ask("GET", "/login").body.decode())
        form = urlencode({"csrf_token": token[1] if token else "", "username": name, "password": password})
        self.ask("POST", "/login", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        self.ask("GET", "/")
        self._callbacks = json.loads(self.ask("GET", "/_dash-dependencies").body)

    def bodies(self, path: str, search: str) -> list[bytes]:
        """Return the requests of a page load: its layout, then every callback whose outputs it shows."""
        address = {"url.pathname": path, "url.search": search, "theme.data": "light"}
        frame = next(one for one in self._callbacks if one["output"] == FRAME)
        first = request_body(frame, address)
        shown = {one["id"]: one for one in components(json.loads(self.call(first).body))}
        values = {f"{name}.{key}": value for name, one in shown.items() for key, value in one.items()}
        initial = [one for one in self._callbacks if is_initial_call(one, shown)]
        return [first, *(request_body(one, values | address) for one in initial)]

    def call(self, body: bytes) -> Answer:
        """Send one callback request."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._cookies["_csrf_token"]}
        return self.ask("POST", CALLBACK, body, headers)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send any request; what is refused ends the measurement."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {"Accept-Encoding": "gzip", "Cookie": cookies, **(headers or {})}
        began = time.perf_counter()
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        packed = answer.read()
        seconds = time.perf_counter() - began
        if answer.status >= http.client.BAD_REQUEST:
            raise ConnectionError(f"{method} {path} was answered with {answer.status}")
        for line in answer.msg.get_all("Set-Cookie", []):
            self._cookies |= {name: part.value for name, part in SimpleCookie(line).items()}
        is_packed = answer.headers.get("Content-Encoding") == "gzip"
        return Answer(answer.status, gzip.decompress(packed) if is_packed else packed, seconds)


def components(part: object) -> Iterator[dict[str, Any]]:
    """The properties of every component with a name of its own, however deep it stands."""
    if isinstance(part, list):
        for member in part:
            yield from components(member)
    elif isinstance(part, dict):
        if isinstance(part.get("id"), str):
            yield part
        for member in part.values():
            yield from components(member)


def is_initial_call(callback: Callback, shown: Mapping[str, object]) -> bool:
    """Return whether Dash calls it when the page loads: all its outputs are shown, and it may run then."""
    waits = callback["prevent_initial_call"] or callback["clientside_function"]
    return not waits and all(place["id"] in shown for place in outputs(callback["output"]))


def outputs(text: str) -> list[dict[str, str]]:
    """Return the outputs of a callback from its id: "a.x", or "..a.x...b.y.."."""
    names = text.removeprefix("..").removesuffix("..").split("...") if text.startswith("..") else [text]
    parts = (name.rpartition(".") for name in names)
    return [{"id": identifier, "property": place} for identifier, _, place in parts]


def request_body(callback: Callback, values: Mapping[str, Any]) -> bytes:
    """Return the request that a browser sends for this callback with these values."""

    def filled(place: Mapping[str, Any]) -> dict[str, Any]:
        name = f"{place['id']}.{place['property']}"
        return {"id": place["id"], "property": place["property"], "value": values.get(name)}

    targets = outputs(callback["output"])
    return json.dumps(
        {
            "output": callback["output"],
            "outputs": targets if callback["output"].startswith("..") else targets[0],
            "inputs": [filled(place) for place in callback["inputs"]],
            "state": [filled(place) for place in callback["state"]],
            "changedPropIds": [f"{place['id']}.{place['property']}" for place in callback["inputs"]],
        }
    ).encode()
