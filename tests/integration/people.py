"""The people of the tests."""

from typing import Any

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database


def enrol(database: Database, name: str, **settings: Any) -> Account:
    """Somebody new: a member at the default level who takes part in the leaderboard, but for these settings."""
    values: dict[str, Any] = {
        "email": None,
        "role": "member",
        "share_level": "metadata",
        "show_in_leaderboard": True,
        "password_hash": None,
    }
    return users.create_account(database, username=name, **(values | settings))
