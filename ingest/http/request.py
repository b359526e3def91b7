"""A request as the app sees it, whatever its method."""

from typing import Any

import falcon

#: Falcon keeps WEBSOCKET for itself: it answers it before any of our code could, and not well.
KNOWN_METHODS = frozenset(falcon.COMBINED_METHODS) - {"WEBSOCKET"}
NEVER_OFFERED = "TRACE"


class Request(falcon.Request):
    """A method that nobody knows is told 405 and what is offered instead, like one that is just not offered."""

    def __init__(self, env: dict[str, Any], options: falcon.RequestOptions | None = None) -> None:
        super().__init__(env, options=options)
        if self.method not in KNOWN_METHODS:
            self.method = NEVER_OFFERED
