"""Settings that several processes read from the environment; an invalid value ends the process with a message."""

import re
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.private_address import database_url

Settings = TypeVar("Settings", bound=BaseSettings)
CHECKOUT = Path(__file__).resolve().parent.parent

#: Signs logins in development only, since it is public.
DEVELOPMENT_KEY = "for development only, never in production"
MIN_SECRET_LENGTH = 16
IPV6 = 6
MAX_PORT = 65_535
#: The limit of Linux, in characters.
MAX_PATH = 4096

# URL libraries remove . and .. from a path, so files would be written to another place than they are read from.
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\.\.?(/|$))[^/?#]+)*/*")
# Probable mistakes in the name of a folder: part of a URL, an unexpanded ~, a space at an end.
_MISTAKE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|~|\s|.*\s$")


def zone_name(value: str) -> str:
    """Accept only the name of an IANA time zone; PostgreSQL does not know the other files of the zone folder."""
    try:
        if value.startswith(("posix", "right/")) or value in {"localtime", "Factory"}:
            raise ValueError
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value[:64]!r} is not an IANA time zone such as Europe/Berlin") from None
    return value


def postgres_url(value: str) -> str:
    """Accept only a libpq URL with valid ports."""
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    try:
        port = parse_dsn(value).get("port", "")
    except ProgrammingError:
        raise ValueError("is not a URL that PostgreSQL's library understands") from None
    if not value.isprintable() or not all(part == "" or is_port(part) for part in port.split(",")):
        raise ValueError("must be one line, with ports from 1 to 65535")
    return value


def is_port(text: str) -> bool:
    """Whether the text is a TCP port number."""
    return re.fullmatch("[0-9]{1,5}", text) is not None and 1 <= int(text) <= MAX_PORT


def data_folder(value: Path) -> Path:
    """Accept only the path of a local folder, absolute or relative to the working directory."""
    if not str(value).isprintable() or _MISTAKE.match(str(value)):
        raise ValueError("must be a folder of this machine, written out")
    return value


def own_secret(value: str, info: ValidationInfo) -> str:
    """Accept only a long key; the public development key only in development."""
    if len(value.strip()) < MIN_SECRET_LENGTH:
        raise ValueError(f"must be long and random, at least {MIN_SECRET_LENGTH} characters")
    if not value.isprintable():
        raise ValueError("must be one line of text")
    if value == DEVELOPMENT_KEY and info.data.get("insights_env") != "development":
        raise ValueError("must be set to a long random value outside development")
    return value


def key_prefix(value: str) -> str:
    """Accept only characters that are safe in headers and on command lines."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,18}", value):
        raise ValueError("must be 1 to 18 letters, digits, - or _")
    return value


def export_address(value: str) -> str:
    """Accept only a local folder or a bucket with an optional prefix, without credentials."""
    is_odd = "://" in value or _MISTAKE.match(value) or not value.isprintable() or len(value) > MAX_PATH
    if is_odd and not _BUCKET.fullmatch(value):
        raise ValueError("must be a folder of this machine, or s3://bucket/prefix")
    return value.rstrip("/") or value[:1]


def bind_address(value: str) -> str:
    """Accept only an IP address or a host name; an IPv6 address is returned in brackets, as in a URL."""
    try:
        address = ip_address(value.removeprefix("[").removesuffix("]"))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", value):
            raise ValueError("must be an IP address or a host name") from None
        return value
    return f"[{address}]" if address.version == IPV6 else str(address)


def url_port(value: str) -> str:
    """Accept only a URL with a valid port or none."""
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError("must be a URL with a port from 1 to 65535, or none") from None
    return value


Environment = Literal["development", "production"]
#: A class with this field must declare `insights_env` before it, since validation depends on it.
SecretKey = Annotated[str, AfterValidator(own_secret)]
KeyPrefix = Annotated[str, AfterValidator(key_prefix)]
ExportAddress = Annotated[str, AfterValidator(export_address)]
ZoneName = Annotated[str, AfterValidator(zone_name)]
PostgresUrl = Annotated[str, AfterValidator(postgres_url)]
BindAddress = Annotated[str, AfterValidator(bind_address)]
Port = Annotated[int, Field(ge=1, le=MAX_PORT)]


class OwnSettings(BaseSettings):
    """Base of all settings: an empty value counts as unset."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)


class DataFolderSettings(OwnSettings):
    """Where `make run` keeps its data."""

    #: The data folder; other processes find the private stores through it.
    insights_home: Annotated[Path, AfterValidator(data_folder)] = CHECKOUT / ".insights"


class PostgresSettings(DataFolderSettings):
    """The address of the database."""

    #: PostgreSQL as a libpq URL; unset = the private one of `make run`.
    database_url: PostgresUrl | None = None

    @property
    def postgres(self) -> str:
        """The libpq URL of the PostgreSQL to use."""
        return self.database_url or database_url(self.insights_home)


class TimeZoneSettings(OwnSettings):
    """The time zone of team days."""

    #: The IANA zone whose calendar days are team days.
    insights_timezone: ZoneName = "UTC"


class ApiKeySettings(OwnSettings):
    """The format of API keys."""

    #: The prefix of every API key.
    insights_key_prefix: KeyPrefix = "dkd_sk_"


class NewUserSettings(OwnSettings):
    """The initial settings of new users."""

    #: Whether new users take part in the leaderboard until they leave it.
    insights_leaderboard_default: bool = True


class ExportLocationSettings(DataFolderSettings):
    """Where exports are written to and read from."""

    #: A folder of this machine or a bucket; unset = `exports` in the data folder.
    export_url: ExportAddress | None = None

    @property
    def export_folder(self) -> Path | None:
        """The folder with the exported files; None if they are in a bucket."""
        if self.export_url and "://" in self.export_url:
            return None
        return Path(self.export_url or self.insights_home / "exports").resolve()

    @property
    def export_location(self) -> str:
        """The location of the exports in its canonical form."""
        return str(self.export_folder or self.export_url)


class BindSettings(OwnSettings):
    """The address the web processes listen on."""

    #: The address of both web processes; unset = 127.0.0.1 under `make run`, otherwise all interfaces.
    bind_address: BindAddress | None = None

    @property
    def listen_address(self) -> str:
        """The address to listen on in a deployment."""
        return self.bind_address or "0.0.0.0"  # noqa: S104 - other containers connect to it


class IngestPortSettings(OwnSettings):
    """The port of the upload API."""

    #: The port of ingest.
    ingest_port: Port = 8080


class AnalyticsPortSettings(OwnSettings):
    """The port of the dashboard's server."""

    #: The port of the dashboard.
    analytics_port: Port = 8081


class SecretSettings(OwnSettings):
    """The settings that logins are signed with."""

    #: Only "development" accepts the public development key.
    insights_env: Environment = "production"
    #: Signs session cookies and form tokens; the same in every process and after every restart.
    secret_key: SecretKey | None = None


def load(settings: type[Settings], **given: Any) -> Settings:
    """Read settings from the arguments and the environment; ends the process if a value is invalid."""
    try:
        return settings(**given)
    except ValidationError as error:
        stop(error)


def stop(error: ValidationError) -> NoReturn:
    """End the process with a message about the first invalid setting."""
    first = error.errors()[0]
    # An error about several settings names them itself.
    name = f"{first['loc'][0]}: ".upper() if first["loc"] else ""
    sys.exit(f"{name}{first['msg'].removeprefix('Value error, ')}")
