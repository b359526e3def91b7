"""Settings of the admin CLI: from its environment, else from the last run on the data folder."""

from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from db.config import (
    ApiKeySettings,
    DataFolderSettings,
    NewUserSettings,
    PostgresSettings,
    TimeZoneSettings,
)
from db.connection import Statements
from db.private_address import database_url
from db.usage import rollups
from standalone.home import saved_settings
from tasks.exports.config import ExportSettings


class Mismatch(Exception):
    """The environment contradicts the settings of the server on the same data."""


class LastRun(PydanticBaseSettingsSource):
    """Settings of the last `make run` on the data folder, if that used the same database."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of one setting."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the saved settings; empty if the environment names another database."""
        home = Path(
            self.current_state.get("insights_home", DataFolderSettings.model_fields["insights_home"].default)
        )
        saved = saved_settings(home)
        own = self.current_state.get("database_url")
        return saved if own in (None, saved.get("database_url", database_url(home))) else {}


class AdminDatabaseSettings(PostgresSettings):
    """Settings of the commands that only use the database."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Prefer the environment over the last run."""
        return init_settings, env_settings, LastRun(settings_cls)


class AdminSettings(AdminDatabaseSettings, TimeZoneSettings, ApiKeySettings, NewUserSettings, ExportSettings):
    """Settings of all other commands."""

    def require_shared_exports(self) -> None:
        """Raise Mismatch unless the server uses the same EXPORT_URL; deletions must reach its files."""
        theirs = saved_settings(self.insights_home)
        same_data = self.postgres == theirs.get("database_url", database_url(self.insights_home))
        target = theirs.get("export_url", self.export_location) if same_data else self.export_location
        if self.export_location != target:
            raise Mismatch(
                f"EXPORT_URL is {self.export_location} here, but Insights on {self.insights_home} exports"
                f" to {target}: leave it out"
            )

    def team_zone(self, db: Statements) -> str:
        """Return the time zone of the rollups; raises Mismatch for another one, which would count sessions twice."""
        zone = rollups.fetch_rollup_zone(db) or self.insights_timezone
        if "insights_timezone" in self.model_fields_set and self.insights_timezone != zone:
            raise Mismatch(
                f"INSIGHTS_TIMEZONE is {self.insights_timezone} here, but the days of this database are"
                f" {zone} days: leave it out, or start the server with it first"
            )
        return zone
