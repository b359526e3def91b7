"""A request waits for PostgreSQL only so long, however many statements it needs: every answer comes within 5 s."""

import falcon

from db.deadline import set_time_budget

#: Leaves room for asking Redis too, as /health does after PostgreSQL.
STORAGE_SECONDS = 3.5


class RequestDeadline:
    """Gives each request its time, and takes back what is left: the thread serves others next."""

    def process_request(self, _req: falcon.Request, _resp: falcon.Response) -> None:
        """Start the allowance."""
        set_time_budget(STORAGE_SECONDS)

    def process_response(
        self, _req: falcon.Request, _resp: falcon.Response, _resource: object, _succeeded: bool
    ) -> None:
        """End it."""
        set_time_budget(None)
