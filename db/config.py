"""Settings that every process shares, read once at the entry points; a bad value stops the start with one sentence."""

import re
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.embedded import database_url

Settings = TypeVar("Settings", bound=BaseSettings)
CHECKOUT = Path(__file__).resolve().parent.parent

#: Signs logins where nobody else can reach them; known to everybody who can read this file.
DEVELOPMENT_KEY = "for development only, never in production"
SHORTEST_SECRET = 16

# A URL's library would take . and .. away, and write elsewhere than anybody reads.
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\.\.?(/|$))[^/?#]+)*/*")
# What no folder is called on purpose: half a URL, a home that no shell has put in, a blank at an end.
_SLIP = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|~|\s|.*\s$")


def zone_name(value: str) -> str:
    """Accept only the name of an IANA time zone; what else lies in this machine's folder PostgreSQL does not know."""
    try:
        if value.startswith(("posix", "right/")) or value in {"localtime", "Factory"}:
            raise ValueError
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Berlin") from None
    return value


def postgres_url(value: str) -> str:
    """Accept only a libpq URL."""
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    return value


def own_secret(value: str, info: ValidationInfo) -> str:
    """Accept only a key that takes long to guess; the one that everybody can read, only for development."""
    if len(value) < SHORTEST_SECRET:
        raise ValueError(f"must be long and random, at least {SHORTEST_SECRET} characters")
    if value == DEVELOPMENT_KEY and info.data.get("insights_env") != "development":
        raise ValueError("must be set to a long random value outside development")
    return value


def key_prefix(value: str) -> str:
    """Accept only what may stand at the beginning of a key, in a header and in a command line."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,18}", value):
        raise ValueError("must be 1 to 18 letters, digits, - or _")
    return value


def export_address(value: str) -> str:
    """Accept only a folder of this machine, or a bucket with or without a prefix; never with credentials in it."""
    if ("://" in value or _SLIP.match(value)) and not _BUCKET.fullmatch(value):
        raise ValueError("must be a folder of this machine, or s3://bucket/prefix")
    return value.rstrip("/") or value[:1]


Surroundings = Literal["development", "production"]
#: A class that has it names `insights_env` before it: what is accepted depends on that.
SecretKey = Annotated[str, AfterValidator(own_secret)]
KeyPrefix = Annotated[str, AfterValidator(key_prefix)]
ExportAddress = Annotated[str, AfterValidator(export_address)]
ZoneName = Annotated[str, AfterValidator(zone_name)]
PostgresUrl = Annotated[str, AfterValidator(postgres_url)]


class StoreSettings(BaseSettings):
    """Where the data is, and whose days the team counts in."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    #: PostgreSQL as a libpq URL; unset = the private one of `make run`, found through INSIGHTS_HOME.
    database_url: PostgresUrl | None = None
    #: The IANA zone whose calendar days are team days.
    insights_timezone: ZoneName = "UTC"
    #: The data folder of `make run`.
    insights_home: Path = CHECKOUT / ".insights"

    @property
    def postgres(self) -> str:
        """The PostgreSQL to use."""
        return self.database_url or database_url(self.insights_home)


def load(settings: type[Settings]) -> Settings:
    """Read the environment, or end the process with one sentence that names the setting."""
    try:
        return settings()
    except ValidationError as error:
        stop(error)


def stop(error: ValidationError) -> NoReturn:
    """End the process with the first complaint, in the environment's own words."""
    first = error.errors()[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "settings"
    sys.exit(f"{name}: {first['msg'].removeprefix('Value error, ')}")
