"""Settings that several processes read, each declared once; a bad value stops its process with one sentence."""

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

#: Signs logins where nobody else can reach them; known to everybody who can read this file.
DEVELOPMENT_KEY = "for development only, never in production"
MIN_SECRET_LENGTH = 16
IPV6 = 6
MAX_PORT = 65_535
#: Characters of a path, as Linux has it.
MAX_PATH = 4096

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
        raise ValueError(f"{value[:64]!r} is not an IANA time zone such as Europe/Berlin") from None
    return value


def postgres_url(value: str) -> str:
    """Accept only a libpq URL."""
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    try:
        port = parse_dsn(value).get("port", "")
    except ProgrammingError:
        raise ValueError("is not a URL that PostgreSQL's library understands") from None
    if not value.isprintable() or not all(one == "" or is_port(one) for one in port.split(",")):
        raise ValueError("must be one line, with ports from 1 to 65535")
    return value


def is_port(text: str) -> bool:
    """Is this the number of a TCP port?"""
    return re.fullmatch("[0-9]{1,5}", text) is not None and 1 <= int(text) <= MAX_PORT


def data_folder(value: Path) -> Path:
    """Accept only the path of a folder, absolute or from where the process stands."""
    if not str(value).isprintable() or _SLIP.match(str(value)):
        raise ValueError("must be a folder of this machine, written out")
    return value


def own_secret(value: str, info: ValidationInfo) -> str:
    """Accept only a key that takes long to guess; the one that everybody can read, only for development."""
    if len(value.strip()) < MIN_SECRET_LENGTH:
        raise ValueError(f"must be long and random, at least {MIN_SECRET_LENGTH} characters")
    if not value.isprintable():
        raise ValueError("must be one line of text")
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
    is_odd = "://" in value or _SLIP.match(value) or not value.isprintable() or len(value) > MAX_PATH
    if is_odd and not _BUCKET.fullmatch(value):
        raise ValueError("must be a folder of this machine, or s3://bucket/prefix")
    return value.rstrip("/") or value[:1]


def bind_address(value: str) -> str:
    """Accept only an IP address or a host name; an IPv6 address comes back in brackets, as in a URL."""
    try:
        address = ip_address(value.removeprefix("[").removesuffix("]"))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", value):
            raise ValueError("must be an IP address or a host name") from None
        return value
    return f"[{address}]" if address.version == IPV6 else str(address)


def url_port(value: str) -> str:
    """Accept only a URL whose port, if it names one, is a port."""
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError("must be a URL with a port from 1 to 65535, or none") from None
    return value


Surroundings = Literal["development", "production"]
#: A class that has it names `insights_env` before it: what is accepted depends on that.
SecretKey = Annotated[str, AfterValidator(own_secret)]
KeyPrefix = Annotated[str, AfterValidator(key_prefix)]
ExportAddress = Annotated[str, AfterValidator(export_address)]
ZoneName = Annotated[str, AfterValidator(zone_name)]
PostgresUrl = Annotated[str, AfterValidator(postgres_url)]
BindAddress = Annotated[str, AfterValidator(bind_address)]
Port = Annotated[int, Field(ge=1, le=MAX_PORT)]


class OwnSettings(BaseSettings):
    """What all groups of settings have in common: an empty value counts as unset."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)


class DataFolderSettings(OwnSettings):
    """Where `make run` keeps its data."""

    #: The data folder; what runs elsewhere finds the private stores through it.
    insights_home: Annotated[Path, AfterValidator(data_folder)] = CHECKOUT / ".insights"


class PostgresSettings(DataFolderSettings):
    """Where the database is."""

    #: PostgreSQL as a libpq URL; unset = the private one of `make run`.
    database_url: PostgresUrl | None = None

    @property
    def postgres(self) -> str:
        """The PostgreSQL to use."""
        return self.database_url or database_url(self.insights_home)


class TimeZoneSettings(OwnSettings):
    """Whose days the team counts in."""

    #: The IANA zone whose calendar days are team days.
    insights_timezone: ZoneName = "UTC"


class ApiKeySettings(OwnSettings):
    """How API keys look."""

    #: What every API key begins with.
    insights_key_prefix: KeyPrefix = "dkd_sk_"


class NewUserSettings(OwnSettings):
    """What new users begin with."""

    #: Whether new users take part in the leaderboard until they leave it.
    insights_leaderboard_default: bool = True


class ExportLocationSettings(DataFolderSettings):
    """Where exports are written to and read from."""

    #: A folder of this machine or a bucket; unset = `exports` in the data folder.
    export_url: ExportAddress | None = None

    @property
    def export_folder(self) -> Path | None:
        """The folder with the exported files; None where they are in a bucket."""
        if self.export_url and "://" in self.export_url:
            return None
        return Path(self.export_url or self.insights_home / "exports").resolve()

    @property
    def export_location(self) -> str:
        """Where exports go, in the one way it is written."""
        return str(self.export_folder or self.export_url)


class BindSettings(OwnSettings):
    """Where the web processes listen."""

    #: The address both listen on; unset = 127.0.0.1 under `make run`, all of the machine's elsewhere.
    bind_address: BindAddress | None = None

    @property
    def listen_address(self) -> str:
        """The address to listen on where others are meant to come."""
        return self.bind_address or "0.0.0.0"  # noqa: S104 - a container listens for its neighbours


class IngestPortSettings(OwnSettings):
    """Where ingest is found."""

    #: The port of ingest.
    ingest_port: Port = 8080


class AnalyticsPortSettings(OwnSettings):
    """Where the dashboard is found."""

    #: The port of the dashboard.
    analytics_port: Port = 8081


class SecretSettings(OwnSettings):
    """What signs logins."""

    #: Only "development" accepts the key that everybody can read.
    insights_env: Surroundings = "production"
    #: Signs session cookies and form tokens; the same in every process and after every restart.
    secret_key: SecretKey | None = None


def load(settings: type[Settings], **given: Any) -> Settings:
    """Read the environment, where nothing is given; end the process with one sentence that names a bad setting."""
    try:
        return settings(**given)
    except ValidationError as error:
        stop(error)


def stop(error: ValidationError) -> NoReturn:
    """End the process with the first complaint, in the environment's own words."""
    first = error.errors()[0]
    # What is wrong with several settings together names them itself.
    name = f"{first['loc'][0]}: ".upper() if first["loc"] else ""
    sys.exit(f"{name}{first['msg'].removeprefix('Value error, ')}")
