"""Settings of the analytics process, read once by its entry point."""

from typing import Literal, Self

from pydantic import Field, model_validator

from db.config import StoreSettings

DEVELOPMENT_KEY = "for development only, never in production"


class AnalyticsSettings(StoreSettings):
    """What the dashboard needs to know beyond where the data is."""

    #: Only "development" accepts the key that everybody can read in this file.
    insights_env: Literal["development", "production"] = "production"
    #: Signs session cookies and form tokens; the same in every process and after every restart.
    secret_key: str = Field(default=DEVELOPMENT_KEY, min_length=16)
    #: The name in the navigation and in the browser's tab.
    insights_title: str = Field(default="Insights", min_length=1, max_length=60)
    #: What every new API key begins with.
    insights_key_prefix: str = Field(default="dkd_sk_", pattern=r"^[A-Za-z0-9_-]{1,18}$")
    #: Whether new people take part in the leaderboard until they leave it.
    insights_leaderboard_default: bool = True
    #: The port that the dashboard listens on.
    analytics_port: int = Field(default=8081, ge=1, le=65535)

    @model_validator(mode="after")
    def _refuse_the_known_key(self) -> Self:
        if self.insights_env != "development" and self.secret_key == DEVELOPMENT_KEY:
            raise ValueError("SECRET_KEY must be set to a long random value outside development")
        return self
