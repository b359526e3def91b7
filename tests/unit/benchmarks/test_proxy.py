"""docker-compose.yml's variables are replaced as docker compose replaces them."""

import pytest

from benchmarks.proxy import UnsetVariable, configuration, interpolate, write_local


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("$$host ${A}", "$host x"),
        ("${A:-y} ${B:-y} ${C:-y}", "x y y"),
        ("[${A:+y z}] [${B:+y}] [${C:+y}]", "[y z] [] []"),
        ("${A:?why} ${C}", "x "),
        ("$${A}", "${A}"),
    ],
)
def test_variables_are_replaced_as_compose_does(text: str, replaced: str) -> None:
    assert interpolate(text, {"A": "x", "B": ""}) == replaced


def test_a_required_variable_without_a_value_is_named() -> None:
    with pytest.raises(UnsetVariable, match="A: set it"):
        interpolate("${A:?set it}", {})


def test_the_configuration_has_the_ports_of_the_env_file() -> None:
    text = configuration({"INGEST_PORT": "80"})

    assert "listen 80;" in text and "server ingest:80 resolve;" in text
    assert "listen 8081;" in text
    assert "${" not in text and "$$" not in text


def test_a_certificate_folder_turns_tls_on_for_both_ports() -> None:
    text = configuration({"TLS_FOLDER": "/etc/certificates"})

    assert "listen 8080 ssl;" in text and "listen 8081 ssl;" in text
    assert "ssl_certificate_key /etc/nginx/tls/privkey.pem;" in text
    assert "ssl" not in configuration({})


def test_a_local_configuration_touches_nothing_outside_its_folder(tmp_path) -> None:
    folder = tmp_path / "n"
    folder.mkdir()
    path = write_local(folder, {"INGEST_PORT": "1", "ANALYTICS_PORT": "2"}, {"ingest": 3, "analytics": 4})
    text = path.read_text().replace(str(folder), "")

    assert "/tmp/" not in text.replace("/tmp/pytest", "")
    assert "server 127.0.0.1:3;" in text and "server 127.0.0.1:4;" in text
