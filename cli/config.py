"""Settings of the admin CLI: those of its environment, and where that is silent, of the run on the data folder."""

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
    """Our environment says something else than the server on the same data was told."""


class LastRun(PydanticBaseSettingsSource):
    """What the last `make run` on the data folder was told, as long as it is about the same database."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """One value; all are read together below."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """What it was told; nothing where the environment names another database."""
        home = Path(
            self.current_state.get("insights_home", DataFolderSettings.model_fields["insights_home"].default)
        )
        told = saved_settings(home)
        own = self.current_state.get("database_url")
        return told if own in (None, told.get("database_url", database_url(home))) else {}


class AdminDatabaseSettings(PostgresSettings):
    """What the verbs of the admin CLI need to know that only ask the database."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Ask the environment first."""
        return init_settings, env_settings, LastRun(settings_cls)


class AdminSettings(AdminDatabaseSettings, TimeZoneSettings, ApiKeySettings, NewUserSettings, ExportSettings):
    """What the other verbs need to know."""

    def require_shared_exports(self) -> None:
        """Raise Mismatch unless the server exports here too; files elsewhere would outlive the people in them."""
        theirs = saved_settings(self.insights_home)
        same_data = self.postgres == theirs.get("database_url", database_url(self.insights_home))
        target = theirs.get("export_url", self.export_location) if same_data else self.export_location
        if self.export_location != target:
            raise Mismatch(
                f"EXPORT_URL is {self.export_location} here, but Insights on {self.insights_home} exports"
                f" to {target}: leave it out"
            )

    def team_zone(self, db: Statements) -> str:
        """The zone whose days are in the database: days of another would count some sessions twice."""
        zone = rollups.fetch_rollup_zone(db) or self.insights_timezone
        if "insights_timezone" in self.model_fields_set and self.insights_timezone != zone:
            raise Mismatch(
                f"INSIGHTS_TIMEZONE is {self.insights_timezone} here, but the days of this database are"
                f" {zone} days: leave it out, or start the server with it first"
            )
        return zone
