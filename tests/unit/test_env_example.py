"""Whoever fills in .env finds every setting there is."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from analytics_app.config import AnalyticsSettings
from ingest.config import IngestSettings
from tasks.config import TaskSettings
from tasks.run_config import RunSettings

EXAMPLE = (Path(__file__).resolve().parents[2] / ".env.example").read_text()
NAMED = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
#: Not chosen by people: make sets the one, tests the other.
NOT_FOR_PEOPLE = {"MAKELEVEL", "PROCFILE"}


@pytest.mark.parametrize("settings", [IngestSettings, AnalyticsSettings, TaskSettings, RunSettings])
def test_every_setting_is_in_the_example(settings: type[BaseSettings]):
    names = {name.upper() for name in settings.model_fields}

    assert names - NOT_FOR_PEOPLE <= NAMED
