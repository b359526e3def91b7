"""Every process reads and checks its own settings: each is declared once, and a bad value is told in one sentence."""

import inspect
from collections import Counter
from typing import NamedTuple

import pytest
from pydantic_settings import BaseSettings

from analytics_app.context.config import AnalyticsSettings
from cli.config import AdminDatabaseSettings, AdminSettings
from db.config import DEVELOPMENT_KEY, load
from ingest.config import IngestSettings
from standalone.run_config import RunSettings
from tasks.config import SchedulerSettings, WorkerSettings
from tasks.queue.settings import RedisSettings

SECRET = "k" * 32
#: What each process loads when it starts. The web processes load the address of the queue beside their own.
PROCESSES: dict[str, tuple[type[BaseSettings], ...]] = {
    "ingest": (IngestSettings, RedisSettings),
    "analytics": (AnalyticsSettings, RedisSettings),
    "worker": (WorkerSettings,),
    "scheduler": (SchedulerSettings,),
    "manage.py": (AdminSettings,),
    "migrate": (AdminDatabaseSettings,),
    "run": (RunSettings, IngestSettings, AnalyticsSettings),
}
STORES = {"ingest", "analytics", "worker", "scheduler", "run"}
EVERYBODY = {*STORES, "manage.py"}
DATABASE = {*EVERYBODY, "migrate"}
WEB = {"ingest", "analytics", "run"}


class Bad(NamedTuple):
    """A bad value, and the processes it concerns: these it stops, and no other."""

    name: str
    value: str
    stops: set[str]


BAD = [
    Bad("DATABASE_URL", "mysql://x", DATABASE),
    Bad("DATABASE_URL", "localhost/insights", DATABASE),
    Bad("DATABASE_URL", "postgresql://[::1/insights", DATABASE),
    Bad("DATABASE_URL", "postgresql://x/insights?no_such_option=1", DATABASE),
    Bad("DATABASE_URL", "postgresql://localhost:99999/insights", DATABASE),
    Bad("DATABASE_URL", "postgresql://localhost:port/insights", DATABASE),
    Bad("DATABASE_URL", "postgresql://localhost/insights\n", DATABASE),
    Bad("INSIGHTS_HOME", "~/insights", DATABASE),
    Bad("INSIGHTS_HOME", "s3://lake", DATABASE),
    Bad("INSIGHTS_HOME", "file:/srv", DATABASE),
    Bad("INSIGHTS_HOME", "/srv/insights ", DATABASE),
    Bad("INSIGHTS_TIMEZONE", "Mars/Olympus", EVERYBODY),
    Bad("INSIGHTS_TIMEZONE", "../etc/passwd", EVERYBODY),
    Bad("INSIGHTS_TIMEZONE", "localtime", EVERYBODY),
    Bad("INSIGHTS_TIMEZONE", "UTC+2", EVERYBODY),
    Bad("REDIS_URL", "localhost:6379", STORES),
    Bad("REDIS_URL", "http://localhost:6379", STORES),
    Bad("REDIS_URL", "redis://localhost:99999", STORES),
    Bad("REDIS_URL", "redis://localhost:port", STORES),
    Bad("REDIS_URL", "redis://localhost/zero", STORES),
    Bad("REDIS_URL", "redis://localhost?colour=red", STORES),
    Bad("REDIS_URL", "redis://localhost?socket_timeout=soon", STORES),
    Bad("REDIS_URL", "unix://", STORES),
    Bad("INSIGHTS_KEY_PREFIX", "a key", {*WEB, "manage.py"}),
    Bad("INSIGHTS_KEY_PREFIX", "nineteen_characters", {*WEB, "manage.py"}),
    Bad("INSIGHTS_KEY_PREFIX", "dkd/", {*WEB, "manage.py"}),
    Bad("INSIGHTS_LEADERBOARD_DEFAULT", "perhaps", {"analytics", "run", "manage.py"}),
    Bad("INSIGHTS_LEADERBOARD_DEFAULT", "2", {"analytics", "run", "manage.py"}),
    Bad("INSIGHTS_PUBLIC_TEAM_STATS", "perhaps", {"ingest", "run"}),
    Bad("INGEST_REQUESTS_PER_MINUTE", "-1", {"ingest", "run"}),
    Bad("INGEST_REQUESTS_PER_MINUTE", "many", {"ingest", "run"}),
    Bad("INGEST_REQUESTS_PER_MINUTE", "1.5", {"ingest", "run"}),
    Bad("INGEST_PORT", "0", WEB),
    Bad("INGEST_PORT", "65536", WEB),
    Bad("INGEST_PORT", "eighty", WEB),
    Bad("ANALYTICS_PORT", "99999", {"analytics", "run"}),
    Bad("ANALYTICS_PORT", "-1", {"analytics", "run"}),
    Bad("BIND_ADDRESS", "127.0.0.1:8080", WEB),
    Bad("BIND_ADDRESS", "an address", WEB),
    Bad("BIND_ADDRESS", "http://127.0.0.1", WEB),
    Bad("SECRET_KEY", "short", {"analytics", "run"}),
    Bad("SECRET_KEY", " " * 64, {"analytics", "run"}),
    Bad("SECRET_KEY", DEVELOPMENT_KEY, {"analytics", "run"}),
    Bad("SECRET_KEY", "k" * 20 + "\x07", {"analytics", "run"}),
    Bad("INSIGHTS_ENV", "staging", {"analytics", "run"}),
    Bad("INSIGHTS_TITLE", "x" * 61, {"analytics", "run"}),
    Bad("INSIGHTS_TITLE", "two\nlines", {"analytics", "run"}),
    Bad("INSIGHTS_TITLE", "  ", {"analytics", "run"}),
    Bad("TRUSTED_PROXIES", "-1", {"analytics", "run"}),
    Bad("TRUSTED_PROXIES", "9", {"analytics", "run"}),
    Bad("TRUSTED_PROXIES", "true", {"analytics", "run"}),
    Bad("INGEST_URL", "insights.example.org", {"analytics", "run"}),
    Bad("INGEST_URL", "ftp://insights.example.org", {"analytics", "run"}),
    Bad("INGEST_URL", "https://insights.example.org:99999", {"analytics", "run"}),
    Bad("INGEST_URL", "https://:8080", {"analytics", "run"}),
    Bad("EXPORT_URL", "ftp://example.org", {"analytics", "worker", "run", "manage.py"}),
    Bad("EXPORT_URL", "s3:/lake", {"analytics", "worker", "run", "manage.py"}),
    Bad("EXPORT_URL", "~/exports", {"analytics", "worker", "run", "manage.py"}),
    Bad("EXPORT_URL", "s3://KEY:secret@lake", {"analytics", "worker", "run", "manage.py"}),
    Bad("EXPORT_URL", "/srv/two\nlines", {"analytics", "worker", "run", "manage.py"}),
    Bad("EXPORT_URL", "x" * 5000, {"analytics", "worker", "run", "manage.py"}),
    Bad("AWS_ENDPOINT_URL", "localhost:9000", {"worker", "run", "manage.py"}),
    Bad("AWS_ENDPOINT_URL", "http://localhost:99999", {"worker", "run", "manage.py"}),
    Bad("AWS_REGION", "eu west", {"worker", "run", "manage.py"}),
    Bad("EXPORT_RETENTION_DAYS", "0", {"worker", "run", "manage.py"}),
    Bad("EXPORT_RETENTION_DAYS", "-4", {"worker", "run", "manage.py"}),
    Bad("EXPORT_RETENTION_DAYS", "36501", {"worker", "run", "manage.py"}),
    Bad("EXPORT_SCHEDULE", "99", {"scheduler", "run"}),
    Bad("EXPORT_SCHEDULE", "24:00", {"scheduler", "run"}),
    Bad("EXPORT_SCHEDULE", "2:00", {"scheduler", "run"}),
    Bad("EXPORT_SCHEDULE", "0\u0662:00", {"scheduler", "run"}),
    Bad("INSIGHTS_RETENTION_TEXT_DAYS", "-1", {"worker", "run"}),
    Bad("INSIGHTS_RETENTION_SESSIONS_DAYS", "a year", {"worker", "run"}),
    Bad("INSIGHTS_RETENTION_QUARANTINE_DAYS", "36501", {"worker", "run"}),
    Bad("INSIGHTS_RETENTION_AUDIT_DAYS", "0x1", {"worker", "run"}),
    Bad("PG_BIN", "/nowhere", {"run"}),
]
#: Not chosen by people.
WITHOUT_BAD_VALUES = {"PROCFILE", "MAKELEVEL", "PROMETHEUS_MULTIPROC_DIR"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what a process can't do without."""
    for name in names_of(*(settings for all_of in PROCESSES.values() for settings in all_of)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", SECRET)


def names_of(*settings: type[BaseSettings]) -> set[str]:
    return {name.upper() for one in settings for name in one.model_fields}


def start(process: str) -> None:
    for settings in PROCESSES[process]:
        load(settings)


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.name}={bad.value[:24]!r}")
def test_a_bad_value_stops_the_processes_it_concerns_and_no_other(
    monkeypatch: pytest.MonkeyPatch, bad: Bad, process: str
) -> None:
    monkeypatch.setenv(bad.name, bad.value)

    if process not in bad.stops:
        start(process)
        return
    with pytest.raises(SystemExit) as stopped:
        start(process)
    assert str(stopped.value).startswith(f"{bad.name}: ")
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EXPORT_URL", "AWS_ENDPOINT_URL"]
)
def test_what_may_hold_a_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "CANARY" if name == "SECRET_KEY" else "://CANARY:CANARY@")

    with pytest.raises(SystemExit) as stopped:
        start("run")
    assert "CANARY" not in str(stopped.value)


def test_every_setting_has_a_bad_value_here() -> None:
    every = names_of(*(settings for all_of in PROCESSES.values() for settings in all_of))

    assert every - {bad.name for bad in BAD} == WITHOUT_BAD_VALUES, "add a row to BAD"


def test_each_setting_is_declared_once() -> None:
    classes = {
        base
        for all_of in PROCESSES.values()
        for settings in all_of
        for base in settings.__mro__
        if issubclass(base, BaseSettings) and base is not BaseSettings
    }
    declared = Counter(
        name for base in classes for name in inspect.get_annotations(base) if name in base.model_fields
    )

    assert [name for name, count in declared.items() if count > 1] == []


@pytest.mark.parametrize("process", PROCESSES)
def test_an_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch, process: str) -> None:
    for name in names_of(*PROCESSES[process]) - {"SECRET_KEY"}:
        monkeypatch.setenv(name, "")

    start(process)


def test_two_processes_on_one_port_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_PORT", "8081")

    with pytest.raises(
        SystemExit, match=r"^INGEST_PORT and ANALYTICS_PORT are both 8081: change one of them.$"
    ):
        start("run")


def test_the_dashboard_needs_a_secret_of_its_own_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY")

    with pytest.raises(SystemExit, match=r"^SECRET_KEY: "):
        load(AnalyticsSettings)
    assert load(AnalyticsSettings, insights_env="development").signing_key == DEVELOPMENT_KEY
