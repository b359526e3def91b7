"""Whoever fills in .env, or reads the manual, finds every setting there is."""

import re
from collections import Counter
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from analytics_app.config import AnalyticsSettings
from ingest.config import IngestSettings
from tasks.config import TaskSettings
from tasks.run_config import RunSettings

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLE = (CHECKOUT / ".env.example").read_text()
MANUAL = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
#: Not chosen by people: make sets the first, tests the second, ingest.server the third.
NOT_FOR_PEOPLE = {"MAKELEVEL", "PROCFILE", "PROMETHEUS_MULTIPROC_DIR"}


SETTINGS: list[type[BaseSettings]] = [IngestSettings, AnalyticsSettings, TaskSettings, RunSettings]
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


def test_a_setting_that_several_processes_read_has_one_default():
    read = [(name, field.default) for settings in SETTINGS for name, field in settings.model_fields.items()]
    # `make run` makes one where there is none, and hands it on.
    defaults = Counter(name for name, _ in set(read) if name != "secret_key")

    assert [name for name, count in defaults.items() if count > 1] == []
