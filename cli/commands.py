"""The commands of the admin CLI: run the server, manage users and keys, and maintain the data."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.config import AdminDatabaseSettings, AdminSettings
from cli.output import as_json, first_day, last_day, opened, period, require_account, show
from db import migrate
from db.accounts import users
from db.accounts.administration import LastAdmin, NewUser, UserAdmin
from db.accounts.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, WeakPassword
from db.accounts.users import SHARE_LEVELS
from db.config import load
from db.connection import Database
from db.errors import Conflict
from db.lifecycle import deletions
from db.uploads import inbox
from db.uploads.quarantine import QuarantineAdmin
from db.usage import checks
from db.usage.periods import last_days, team_today

if TYPE_CHECKING:
    from standalone.run_config import RunSettings

CHECKED_PERIODS = (1, 7, 30, 365)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run Insights, and manage its users and data."""


@main.command()
def run() -> None:
    """Start everything on this machine. Ctrl-C stops it."""
    from standalone import supervisor

    sys.exit(supervisor.run(_run_settings()))


@main.command()
def demo() -> None:
    """Start a demo with its own data: 90 days of an invented team."""
    from standalone.demo import run, set_defaults

    set_defaults()
    sys.exit(run(_run_settings()))


def _run_settings() -> "RunSettings":
    """Return the settings of a run; ends this process if a setting of any child process is invalid."""
    from analytics_app.context.config import AnalyticsSettings
    from ingest.config import IngestSettings
    from standalone.run_config import RunSettings

    settings = load(RunSettings)
    load(IngestSettings)
    # A run generates the secret key where none is set.
    load(AnalyticsSettings, secret_key=settings.secret_key or secrets.token_urlsafe())
    return settings


@main.command("migrate")
@as_json
def migrate_command(as_json: bool) -> None:
    """Bring the database to the schema of this code."""
    settings = load(AdminDatabaseSettings)
    with opened(settings):
        show({"applied": migrate.migrate(settings.postgres)}, as_json=as_json)


@main.command()
@click.argument("name")
@click.option("--email", help="E-mail address.")
@click.option("--share-level", type=click.Choice(SHARE_LEVELS), default="metadata", show_default=True)
@click.option("--admin", is_flag=True, help="May see and change others.")
@as_json
def create_user(name: str, email: str | None, share_level: Any, admin: bool, as_json: bool) -> None:
    """Add a user. Prints the API key and an initial password once."""
    settings = load(AdminSettings)
    new_user = NewUser(
        username=name,
        email=email,
        role="admin" if admin else "member",
        share_level=share_level,
        show_in_leaderboard=settings.insights_leaderboard_default,
    )
    with opened(settings) as database:
        try:
            credentials = _user_admin(database, settings).add(new_user)
        except Conflict:
            raise click.ClickException(f"user already exists: {name}") from None
    show({"username": name, "api_key": credentials.key, "password": credentials.password}, as_json=as_json)


@main.command()
@as_json
def list_users(as_json: bool) -> None:
    """List all users with role, share level and last activity."""
    with opened(load(AdminDatabaseSettings)) as database:
        names = (
            "username",
            "email",
            "role",
            "share_level",
            "show_in_leaderboard",
            "active",
            "created_at",
            "last_seen_at",
        )
        people = [
            {name: getattr(account, name) for name in names} for account in users.list_accounts(database)
        ]
    show(people, as_json=as_json)


@main.command()
@click.argument("name")
@as_json
def rotate_key(name: str, as_json: bool) -> None:
    """Replace all API keys of a user. The new one is printed once."""
    settings = load(AdminSettings)
    with opened(settings) as database:
        credentials, stopped = _user_admin(database, settings).rotate_keys(
            require_account(database, name).user_id
        )
    show({"username": name, "api_key": credentials.key, "stopped_keys": stopped}, as_json=as_json)


@main.command()
@click.argument("name")
@as_json
def set_password(name: str, as_json: bool) -> None:
    """Set the password of a user, read from stdin. Ends the user's logins."""
    password = _first_line()
    settings = load(AdminSettings)
    with opened(settings) as database:
        try:
            _user_admin(database, settings).set_password(require_account(database, name).user_id, password)
        except WeakPassword:
            raise click.ClickException(
                "this password is easy to guess: choose a longer or less common one"
            ) from None
    show({"username": name, "password": "set"}, as_json=as_json)


def _first_line() -> str:
    """Return the password on stdin, decoded as UTF-8 like that of the login form."""
    try:
        password = sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("the password on stdin is not UTF-8") from None
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise click.ClickException(
            f"a password has at least {MIN_PASSWORD_LENGTH} characters and at most {MAX_PASSWORD_LENGTH};"
            " it is read from stdin"
        )
    return password


@main.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def delete_user(name: str, yes: bool, as_json: bool) -> None:
    """Delete a user and all their data, including exports."""
    settings = load(AdminSettings)
    with opened(settings) as database:
        # Checked first: nothing may be deleted before a check fails.
        settings.require_shared_exports()
        zone = settings.team_zone(database)
        user_id = require_account(database, name).user_id
        if not yes:
            click.confirm(f"Remove {name} and everything they uploaded?", abort=True, err=True)
        try:
            _user_admin(database, settings).remove(user_id)
        except LastAdmin:
            raise click.ClickException(
                f"{name} is the last admin: add another one first, with create-user --admin"
            ) from None
        _complete_deletion(database, settings, user_id, zone)
    show({"username": name, "deleted": True}, as_json=as_json)


def _complete_deletion(database: Database, settings: AdminSettings, user_id: int, zone: str) -> None:
    """Complete the deletion now, instead of in the worker."""
    from tasks.exports.target import export_target
    from tasks.jobs.delete_data import complete

    request, today = deletions.fetch_open_deletion(database, user_id), team_today(zone, datetime.now(UTC))
    if request is None:
        return  # A worker has completed it already.
    try:
        complete(database, export_target(settings, zone), request, today, program="manage.py")
    except OSError as error:
        raise click.ClickException(
            f"{request.username} can no longer log in, and everything is deleted except from the files in"
            f" {settings.export_location} ({error.strerror or error}): fix this, then run delete-user"
            f" {request.username} again"
        ) from error


@main.command()
@first_day
@last_day
@as_json
def rollup(first: datetime, last: datetime, as_json: bool) -> None:
    """Recompute all days of a period, marked or not."""
    from tasks.rollups.rollup import recompute_between

    settings = load(AdminSettings)
    with opened(settings) as database:
        days = recompute_between(database, period(first, last), settings.team_zone(database))
    show({"recomputed_days_of_people": days}, as_json=as_json)


@main.command()
@first_day
@last_day
@as_json
def export(first: datetime, last: datetime, as_json: bool) -> None:
    """Rewrite the Parquet files of a period."""
    from tasks.exports.exporter import Progress
    from tasks.exports.exporter import export as write
    from tasks.exports.target import export_target

    settings, days = load(AdminSettings), period(first, last).dates()
    with opened(settings) as database:
        settings.require_shared_exports()
        zone = settings.team_zone(database)
        today = team_today(zone, datetime.now(UTC))
        with _bar(len(days), shown=not as_json) as bar, _export_errors(settings.export_location):

            def tell(progress: Progress) -> None:
                bar.update(sum(unit.days for unit in progress.done))

            done = write(database, export_target(settings, zone), days, today, on_progress=tell)
    show({"folder": settings.export_location, "files": done.files, "rows": done.rows}, as_json=as_json)


def _bar(length: int, *, shown: bool) -> Any:
    """Return a progress bar on stderr, which shows only in a terminal."""
    return click.progressbar(
        length=length, label="Days", file=sys.stderr, hidden=not shown or not sys.stderr.isatty()
    )


@contextmanager
def _export_errors(target: str) -> Iterator[None]:
    """Turn errors of the export folder or bucket into a message and exit code 1."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(
            f"exports cannot be written to {target}: {error.strerror or error}"
        ) from error


@main.command()
@as_json
def check(as_json: bool) -> None:
    """Check that all sums agree. Exits with code 1 when one does not."""
    settings = load(AdminSettings)
    with opened(settings) as database:
        zone = settings.team_zone(database)
        results = checks.check_all(database)
        for days in CHECKED_PERIODS:
            results += checks.check_period(
                database, last_days(days, team_today(zone, datetime.now(UTC))), zone
            )
    rows = [{"sum": r.name, "expected": r.expected, "found": r.found, "agrees": r.agrees} for r in results]
    show(rows, as_json=as_json)
    if not all(result.agrees for result in results):
        raise click.ClickException("some sums do not agree")


@main.group()
def quarantine() -> None:
    """Manage acknowledged uploads that could not be stored."""


@quarantine.command("list")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 10000))
@as_json
def quarantine_list(limit: int, as_json: bool) -> None:
    """List the uploads in quarantine, oldest first, with their reasons."""
    with opened(load(AdminDatabaseSettings)) as database:
        show(inbox.list_quarantined_uploads(database, limit), as_json=as_json)


@quarantine.command("show")
@click.argument("upload_id", type=click.UUID)
@as_json
def quarantine_show(upload_id: Any, as_json: bool) -> None:
    """Show one upload with all that was kept. The audit log records this, visible to the owner."""
    with opened(load(AdminDatabaseSettings)) as database:
        row = QuarantineAdmin(database, program="manage.py").show(str(upload_id))
    if row is None:
        raise click.ClickException(f"no such upload: {upload_id}")
    show(row, as_json=as_json)


@quarantine.command("requeue")
@click.argument("upload_id", type=click.UUID)
@as_json
def quarantine_requeue(upload_id: Any, as_json: bool) -> None:
    """Process an upload again, after its cause was fixed."""
    _change_quarantined(QuarantineAdmin.requeue, str(upload_id), "requeued", as_json)


@quarantine.command("discard")
@click.argument("upload_id", type=click.UUID)
@as_json
def quarantine_discard(upload_id: Any, as_json: bool) -> None:
    """Delete the body of an upload for good; its row stays as a record."""
    _change_quarantined(QuarantineAdmin.discard, str(upload_id), "discarded", as_json)


def _change_quarantined(change: Any, upload_id: str, word: str, as_json: bool) -> None:
    with opened(load(AdminDatabaseSettings)) as database:
        if not change(QuarantineAdmin(database, program="manage.py"), upload_id):
            raise click.ClickException(f"no such upload in quarantine, or its body was not kept: {upload_id}")
    show({"upload_id": upload_id, word: True}, as_json=as_json)


def _user_admin(database: Database, settings: AdminSettings) -> UserAdmin:
    return UserAdmin(database, settings.insights_key_prefix, program="manage.py")
