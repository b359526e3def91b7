"""The reverse proxy of docker-compose.yml, run by the nginx of this machine in front of servers on this machine."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from db.config import CHECKOUT

PROGRAM = "nginx"
COMPOSE = CHECKOUT / "docker-compose.yml"
#: What docker compose replaces: `$$`, `${NAME}`, `${NAME:-default}`, `${NAME:+replacement}`, `${NAME:?error}`.
REFERENCE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<operator>[-+?])(?P<word>[^{}]*))?\})")
#: A port of the container is a port of 127.0.0.1 here.
LISTEN = re.compile(r"listen (?=\d)")
#: The two lines that only the network of compose can resolve, and only nginx 1.27.3 or newer can parse.
UPSTREAM = re.compile(r"server (ingest|analytics):\d+ resolve;")


class UnsetVariable(Exception):
    """docker-compose.yml requires a variable that has no value."""


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Replace variables as docker compose does; raises UnsetVariable for a missing `${NAME:?…}`."""

    def value(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "$"
        given, word = variables.get(name, ""), found["word"] or ""
        if found["operator"] == "+":
            return word if given else ""
        if found["operator"] == "?" and not given:
            raise UnsetVariable(f"{name}: {word}")
        return given or word

    return REFERENCE.sub(value, text)


def configuration(variables: Mapping[str, str]) -> str:
    """The nginx.conf that the proxy's container gets with these variables in `.env`."""
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return interpolate(services["proxy"]["environment"]["NGINX_CONF"], variables)


def write_local(folder: Path, variables: Mapping[str, str], apps: Mapping[str, int]) -> Path:
    """Write the configuration for this machine: `folder` replaces /tmp, and `apps` are the ports behind the proxy.

    `variables` must hold the two ports that the proxy listens on, INGEST_PORT and ANALYTICS_PORT.
    """
    text = configuration(variables).replace("/tmp/", f"{folder}/")  # noqa: S108 - the container's, not ours
    text = UPSTREAM.sub(lambda found: f"server 127.0.0.1:{apps[found[1]]};", text)
    text = LISTEN.sub("listen 127.0.0.1:", text)
    if os.geteuid() == 0:
        # In the container all of nginx is one user; here root's workers would become another one.
        text = f"user root;\n{text}"
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


def is_installed() -> bool:
    """Whether this machine has nginx."""
    return shutil.which(PROGRAM) is not None


def command(path: Path) -> list[str]:
    """What starts nginx in the foreground with this configuration."""
    return [PROGRAM, "-e", "stderr", "-c", str(path)]
