"""Settings of the analytics process, read once by its entry point."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from db.config import DEVELOPMENT_KEY, ExportAddress, KeyPrefix, SecretKey, StoreSettings, Surroundings


def web_address(value: str) -> str:
    """Accept only what may stand in a command line as an address; without a slash at its end."""
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]_/-]+", value):
        raise ValueError("must be an address such as https://insights.example.org")
    return value.rstrip("/")


class AnalyticsSettings(StoreSettings):
    """What the dashboard needs to know beyond where the data is."""

    #: Only "development" accepts the key that everybody can read in db/config.py.
    insights_env: Surroundings = "production"
    #: Signs session cookies and form tokens; the same in every process and after every restart.
    secret_key: SecretKey = Field(default=DEVELOPMENT_KEY, validate_default=True)
    #: The name in the navigation and in the browser's tab.
    insights_title: str = Field(default="Insights", min_length=1, max_length=60)
    #: What every new API key begins with.
    insights_key_prefix: KeyPrefix = "dkd_sk_"
    #: Whether new people take part in the leaderboard until they leave it.
    insights_leaderboard_default: bool = True
    #: So many reverse proxies stand in front: their word counts for a visitor's address and for https.
    trusted_proxies: int = Field(default=0, ge=0, le=8)
    #: Where clients reach ingest; unset = at the dashboard's own host, on ingest's port.
    ingest_url: Annotated[str, AfterValidator(web_address)] | None = None
    #: Where exports are: a folder of this machine, or an address; unset = `exports` in the data folder.
    export_url: ExportAddress | None = None
    #: The port that ingest listens on.
    ingest_port: int = Field(default=8080, ge=1, le=65535)
    #: The port that the dashboard listens on.
    analytics_port: int = Field(default=8081, ge=1, le=65535)

    @property
    def export_folder(self) -> Path | None:
        """The folder with the exported files; None where they are not on this machine."""
        if self.export_url and "://" in self.export_url:
            return None
        return Path(self.export_url or self.insights_home / "exports").resolve()
