"""Settings of the analytics process, read once by its entry point."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from db.config import (
    DEVELOPMENT_KEY,
    AnalyticsPortSettings,
    ApiKeySettings,
    BindSettings,
    ExportLocationSettings,
    IngestPortSettings,
    NewUserSettings,
    PostgresSettings,
    SecretSettings,
    TimeZoneSettings,
    url_port,
)


def web_address(value: str) -> str:
    """Accept only http addresses that are safe in a command line; a slash at the end is removed."""
    if not re.fullmatch(r"https?://[A-Za-z0-9\[][A-Za-z0-9.:\[\]_/-]*", value):
        raise ValueError("must be an address such as https://insights.example.org")
    return value.rstrip("/")


def one_line(value: str) -> str:
    """Accept only printable text in one line."""
    if not value.strip() or not value.isprintable():
        raise ValueError("must be one line of text")
    return value


class AnalyticsSettings(
    PostgresSettings,
    TimeZoneSettings,
    ApiKeySettings,
    NewUserSettings,
    ExportLocationSettings,
    BindSettings,
    IngestPortSettings,
    AnalyticsPortSettings,
    SecretSettings,
):
    """The settings of the dashboard, except those of the queue."""

    #: The name in the navigation and in the browser's tab.
    insights_title: Annotated[str, AfterValidator(one_line)] = Field(default="Insights", max_length=60)
    #: The number of reverse proxies in front, whose headers name the visitor's address and scheme.
    trusted_proxies: int = Field(default=0, ge=0, le=8)
    #: The address of ingest for clients; unset = ingest's port at the host of the dashboard.
    ingest_url: Annotated[str, AfterValidator(web_address), AfterValidator(url_port)] | None = None

    @property
    def signing_key(self) -> str:
        """The key that signs session cookies and form tokens."""
        return self.secret_key or DEVELOPMENT_KEY

    @model_validator(mode="after")
    def _require_secret_key(self) -> "AnalyticsSettings":
        if self.secret_key is None and self.insights_env != "development":
            raise ValueError("SECRET_KEY: must be set to a long random value outside development")
        return self
