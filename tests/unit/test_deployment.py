"""The Procfile, compose file and Dockerfiles agree with the settings and limits in the code."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from gunicorn.config import Keepalive as KeepAlive

from analytics_app.http.security import MAX_BODY_BYTES
from benchmarks.proxy import configuration
from ingest.http.api_errors import REASONS
from ingest.http.body import MAX_BYTES
from standalone.embedded_postgres import NOTHING_QUOTED
from standalone.programs import read_procfile

CHECKOUT = Path(__file__).resolve().parents[2]
PROCFILE = read_procfile(CHECKOUT / "Procfile")
#: 33 MiB, as nginx counts.
LARGEST_BODY = 33 * 1024**2
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())[
    "services"
]
NGINX_CONF = configuration({})
IMAGES = {
    "ingest": ("web", {"APP": "ingest"}),
    "analytics": ("web", {"APP": "analytics_app", "DEFAULT_PORT": 8081, "PROBE": "/login"}),
    "worker": ("tasks", {}),
}


def pins(lock: str) -> set[str]:
    return set(
        re.findall(r"^(\S+==\S+)", (CHECKOUT / "requirements" / f"{lock}.txt").read_text(), re.MULTILINE)
    )


def test_the_procfile_names_the_five_processes_in_their_order():
    assert list(PROCFILE) == ["release", "ingest", "worker", "scheduler", "analytics"]


def test_compose_runs_every_process_two_stores_and_a_reverse_proxy():
    assert set(SERVICES) == {*PROCFILE, "postgres", "valkey", "proxy"}


def test_only_the_reverse_proxy_has_open_ports():
    opened = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert opened == {
        "proxy": [f"${{{name}}}:${{{name}}}" for name in ("INGEST_PORT:-8080", "ANALYTICS_PORT:-8081")]
    }


def test_the_reverse_proxy_may_do_nothing_but_its_work():
    proxy = SERVICES["proxy"]

    assert (proxy["read_only"], proxy["cap_drop"], proxy["user"]) == (True, ["ALL"], "101:101")
    assert re.fullmatch(r"nginx:\d+\.\d+-alpine", proxy["image"])
    # Neither the secrets of the .env file nor a config that compose would have to copy into it.
    assert "env_file" not in proxy
    assert "configs" not in proxy


def test_the_reverse_proxy_holds_any_body_that_ingest_takes():
    most = re.findall(r"client_max_body_size (\d+)m;", NGINX_CONF)

    assert [int(size) * 1024**2 for size in most] == [LARGEST_BODY, 2 * 1024**2]
    assert MAX_BYTES < LARGEST_BODY
    assert MAX_BODY_BYTES < 2 * 1024**2


def test_one_address_can_not_fill_the_buffers_of_the_reverse_proxy():
    (at_once,) = re.findall(r"limit_conn large_bodies (\d+);", NGINX_CONF)

    assert SERVICES["proxy"]["tmpfs"] == ["/tmp:size=1g"]
    assert int(at_once) * LARGEST_BODY < 1024**3


def test_the_reverse_proxy_gives_the_reasons_of_the_api():
    given = set(re.findall(r'"reason":"(\w+)"', NGINX_CONF))

    assert given - set(REASONS) == set()
    assert len(given) == 9


def test_the_reverse_proxy_gives_up_kept_connections_before_the_apps_close_them():
    upstreams = re.findall(r"upstream (\w+) .*keepalive_timeout (\d+);", NGINX_CONF)

    assert [name for name, _ in upstreams] == ["ingest", "analytics"]
    assert all(int(seconds) < KeepAlive.default for _, seconds in upstreams)


def test_the_dashboard_believes_one_proxy():
    environment = SERVICES["analytics"]["environment"]

    assert environment["TRUSTED_PROXIES"] == "1"
    assert environment.items() > SERVICES["worker"]["environment"].items()


@pytest.mark.parametrize("name", sorted(PROCFILE))
def test_compose_builds_each_process_from_a_dockerfile_that_is_there(name: str):
    build = SERVICES[name]["build"]

    assert (CHECKOUT / build["context"] / build["dockerfile"]).is_file()


@pytest.mark.parametrize("name", sorted(PROCFILE))
def test_compose_waits_for_the_schema_before_it_starts_a_process(name: str):
    waits_for = SERVICES[name]["depends_on"]

    assert waits_for["postgres"] == {"condition": "service_healthy"}
    assert name == "release" or waits_for["release"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_both_stores_keep_their_data_and_tell_their_health(name: str):
    assert SERVICES[name]["volumes"]
    assert SERVICES[name]["healthcheck"]["test"]


def test_both_postgres_keep_texts_out_of_their_logs():
    words = SERVICES["postgres"]["command"].split()

    assert words == [
        "postgres",
        *(w for name, value in NOTHING_QUOTED.items() for w in ("-c", f"{name}={value}")),
    ]


@pytest.mark.parametrize("name", ["release", "worker", "scheduler"])
def test_compose_gives_the_tasks_image_the_procfiles_commands(name: str):
    assert SERVICES[name]["command"] == PROCFILE[name]


def dockerfile_of(process: str) -> str:
    """The Dockerfile that builds a process, with the build arguments that compose gives put in."""
    folder, arguments = IMAGES[process]
    text = (CHECKOUT / folder / "Dockerfile").read_text()
    for name, value in arguments.items():
        text = text.replace(f"${{{name}}}", str(value))
    return text


@pytest.mark.parametrize("process", IMAGES)
def test_compose_builds_an_image_with_these_arguments(process: str):
    folder, arguments = IMAGES[process]
    build = SERVICES[process]["build"]
    defaults = dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile_of(process), re.MULTILINE))

    assert build["dockerfile"] == f"{folder}/Dockerfile"
    given = defaults | build.get("args", {})
    assert {name: given[name] for name in arguments} == arguments


@pytest.mark.parametrize("process", IMAGES)
def test_an_image_runs_the_procfiles_command(process: str):
    assert dockerfile_of(process).splitlines()[-1] == f"CMD exec {PROCFILE[process]}"


@pytest.mark.parametrize("process", IMAGES)
def test_an_image_drops_root_and_tells_its_health(process: str):
    assert re.search(r"^USER insights$", dockerfile_of(process), re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", dockerfile_of(process), re.MULTILINE)


@pytest.mark.parametrize("process", IMAGES)
def test_an_image_holds_whole_packages_and_all_that_it_imports(process: str):
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile_of(process), re.MULTILINE)
    copied = [CHECKOUT / path for line in lines for path in line.split()]
    sources = [source for place in copied if place.is_dir() for source in place.rglob("*.py")]

    assert [place for place in copied if not place.exists()] == []
    packages = {place.name for place in CHECKOUT.iterdir() if (place / "__init__.py").exists()}
    imported = {name.split(".")[0] for source in sources for name in imports(source)} & packages
    assert imported - {place.name for place in copied} == set()
    let_in = (CHECKOUT / ".dockerignore").read_text().split()
    assert {place.name for place in copied if place.is_dir()} <= {line.removeprefix("!") for line in let_in}


def imports(source: Path) -> set[str]:
    """The modules that a file imports when it is imported itself."""
    return {
        node.module
        for node in ast.parse(source.read_text()).body
        if isinstance(node, ast.ImportFrom) and node.module
    }


@pytest.mark.parametrize("lock", ["ingest", "analytics", "tasks", "local"])
def test_the_tests_lock_holds_the_very_versions_that_run(lock: str):
    assert pins(lock) <= pins("test")


@pytest.mark.parametrize("lock", ["ingest", "analytics", "tasks", "local", "test"])
def test_a_lock_names_no_host(lock: str):
    assert "://" not in (CHECKOUT / "requirements" / f"{lock}.txt").read_text()


def test_make_alone_lists_every_target_with_a_sentence():
    makefile = (CHECKOUT / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()

    assert set(re.findall(r"^([a-z]+):.*## \w", makefile, re.MULTILINE)) == set(phony)
