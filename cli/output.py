"""What the verbs of the admin CLI have in common: the words they take, the database, and how they answer."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from typing import Any

import click

from cli.config import AdminDatabaseSettings, Mismatch
from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.errors import NoSuchPerson, StorageError, StorageUnavailable
from db.migrate import MigrationError
from db.private_address import socket_folder
from db.usage.periods import Period

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
first_day = click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First team day."
)
last_day = click.option(
    "--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last team day."
)


def period(first: datetime, last: datetime) -> Period:
    """The team days that were asked for."""
    if last < first:
        raise click.UsageError("--to lies before --from")
    return Period(date(first.year, first.month, first.day), date(last.year, last.month, last.day))


@contextmanager
def opened(settings: AdminDatabaseSettings, *, deadline: float = 30) -> Iterator[Database]:
    """The database of these settings; what it refuses becomes one sentence and exit code 1."""
    try:
        with closing(Database(settings.postgres, pool_size=4, deadline=deadline)) as database:
            yield database
    except StorageUnavailable as error:
        raise click.ClickException(_nobody_there(settings) or str(error)) from error
    except (StorageError, NoSuchPerson, Mismatch, MigrationError) as error:
        raise click.ClickException(str(error)) from error


def _nobody_there(settings: AdminDatabaseSettings) -> str | None:
    """What it most likely means that the private database does not answer."""
    # The folder stays when a run ends; its sockets go.
    if settings.database_url is not None or any(socket_folder(settings.insights_home).glob(".s.PGSQL.*")):
        return None
    home = settings.insights_home.resolve()
    elsewhere = "INSIGHTS_HOME (beside make demo to .insights-demo) or DATABASE_URL"
    return f"no Insights is running on {home}: start it with make run, or set {elsewhere}"


def person(database: Database, name: str) -> Account:
    """The person of this name, or a refusal."""
    account = users.fetch_account_by_name(database, name)
    if account is None:
        raise click.ClickException(f"there is nobody called {name}")
    return account


def show(data: Any, *, as_json: bool) -> None:
    """Print a record or a list of records: a table for people, or one JSON document."""
    if as_json:
        click.echo(json.dumps(data, default=str, ensure_ascii=False))
        return
    rows = data if isinstance(data, list) else [data]
    if not rows:
        click.echo("Nothing.")
        return
    texts = [[_printable(value) for value in row.values()] for row in rows]
    heads = [name.replace("_", " ") for name in rows[0]]
    widths = [max(map(len, column)) for column in zip(heads, *texts, strict=True)]
    for line in (heads, *texts):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _printable(value: Any) -> str:
    """One cell. Names come from outside: nothing in them may steer the terminal."""
    moment = isinstance(value, datetime)
    text = value.isoformat(" ", "seconds") if moment else "" if value is None else str(value)
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
