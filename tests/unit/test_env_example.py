"""Whoever fills in .env, or reads the manual, finds every setting there is."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from analytics_app.context.config import AnalyticsSettings
from ingest.config import IngestSettings
from standalone.run_config import RunSettings
from tasks.config import SchedulerSettings, WorkerSettings

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLE = (CHECKOUT / ".env.example").read_text()
MANUAL = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
#: Not chosen by people: make sets the first, tests the second, gunicorn_conf the third.
NOT_FOR_PEOPLE = {"MAKELEVEL", "PROCFILE", "PROMETHEUS_MULTIPROC_DIR"}


SETTINGS: list[type[BaseSettings]] = [
    IngestSettings,
    AnalyticsSettings,
    WorkerSettings,
    SchedulerSettings,
    RunSettings,
]
#: Read by docker compose, by the Procfile's shell and by the library that speaks S3, not by us.
FOR_OTHERS = {
    "POSTGRES_PASSWORD",
    "TLS_FOLDER",
    "OUTER_PROXY_ADDRESS",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
}


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_is_in_the_example(settings: type[BaseSettings]):
    names = {name.upper() for name in settings.model_fields}

    assert names - NOT_FOR_PEOPLE - NAMED == set(), "add these to .env.example"


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_is_in_the_manual(settings: type[BaseSettings]):
    names = {name.upper() for name in settings.model_fields} - NOT_FOR_PEOPLE

    assert [name for name in sorted(names) if f"`{name}`" not in MANUAL] == [], (
        "add these to docs/operations.md, Settings"
    )


def test_the_example_promises_no_setting_that_nobody_reads():
    read = {name.upper() for settings in SETTINGS for name in settings.model_fields}

    assert read >= NAMED - FOR_OTHERS
