"""GET /docs: the page that shows /openapi.json in Swagger UI, served with its files from this process only."""

import base64
import gzip
import hashlib
from functools import cache
from pathlib import Path

import falcon

from ingest.http.api_errors import ApiError

VENDOR = Path(__file__).parents[1] / "openapi" / "vendor"
VIEWER = "swagger-ui-5.35.0"
#: Wide tables of an open operation scroll by themselves on a narrow screen.
STYLE = "body { margin: 0 } .swagger-ui .opblock-body { overflow-x: auto }"
SCRIPT = """
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
SwaggerUIBundle({url: "openapi.json", dom_id: "#viewer", validatorUrl: null, deepLinking: true});
"""
SCRIPT_HASH, STYLE_HASH = (
    base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (SCRIPT, STYLE)
)
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Crect width='18' height='18'"
    " rx='5' fill='%234F46E5'/%3E%3Cpath d='M5 13V9m4 4V5m4 8V7' stroke='white' stroke-width='2'/%3E%3C/svg%3E"
)
PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The Insights API</title>
<link rel="icon" href="{ICON}">
<link rel="stylesheet" href="docs/static/{VIEWER}.css">
<style>{STYLE}</style>
</head>
<body>
<main id="viewer"></main>
<noscript>This page needs JavaScript; programs read <a href="openapi.json">openapi.json</a></noscript>
<script src="docs/static/{VIEWER}.js"></script>
<script>{SCRIPT}</script>
</body>
</html>
"""
#: The viewer needs its own script and style sheet, data: images, and requests to this server.
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'self' 'sha256-{SCRIPT_HASH}'; style-src 'self' 'sha256-{STYLE_HASH}';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class DocsPage:
    """Answers GET and HEAD /docs with the viewer's page."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The API reference for people."""
        resp.content_type = "text/html; charset=utf-8"
        resp.set_headers(HEADERS)
        resp.text = PAGE

    on_head = on_get


class DocsFile:
    """Answers GET and HEAD /docs/static/{name} with a file of the viewer; its name holds its version."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """A file of the viewer, compressed; every browser accepts gzip."""
        content_type = {f"{VIEWER}.js": "text/javascript", f"{VIEWER}.css": "text/css"}.get(name)
        if content_type is None:
            raise ApiError("not_found")
        resp.content_type = content_type
        resp.set_headers({"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"})
        resp.data = compressed(name)

    on_head = on_get


@cache
def compressed(name: str) -> bytes:
    """A file of the viewer as gzip, compressed at the first request."""
    return gzip.compress((VENDOR / name).read_bytes(), mtime=0)
