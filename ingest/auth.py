"""The door: which person an API key stands for. Without one, not a byte of data passes."""

import falcon

from db.accounts import account_by_key
from db.connection import Statements
from db.keys import hash_key
from db.records import Account
from ingest.errors import Refusal

BEARER = "bearer"


class Door:
    """Asks the database each time, so a revoked key is refused from the next request on."""

    def __init__(self, database: Statements) -> None:
        self._database = database

    def account(self, req: falcon.Request) -> Account:
        """The person whose key the request carries; one refusal for every other case."""
        key = _presented_key(req)
        account = account_by_key(self._database, hash_key(key)) if key else None
        if account is None:
            raise Refusal("unauthorized")
        return account


def _presented_key(req: falcon.Request) -> str | None:
    if key := req.get_header("X-API-Key"):
        return key.strip()
    scheme, _, key = (req.get_header("Authorization") or "").partition(" ")
    return key.strip() if scheme.lower() == BEARER else None
