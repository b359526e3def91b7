"""`make run` keeps its word about starting, dying and stopping, tried with real stores and small stand-ins."""

import json
import re
import signal
import socket
import subprocess
import sys

import psutil
import psycopg2
import pytest

from db.private_address import database_url
from tests.integration.standalone.runs import (
    PROCFILE,
    RUN,
    InsightsServer,
    answers,
    eventually,
    gone,
    read_until,
)


def test_all_come_up_in_order_and_the_first_run_hands_over_an_admin(insights: InsightsServer):
    _run, said = insights.started()

    order = [said.index(f"\n{name} ") for name in ("valkey", "database", "ingest", "worker", "analytics")]
    assert order == sorted(order) and said.startswith("postgres ")
    assert f"filled http://127.0.0.1:{insights.ports[0]}" in said
    assert "name      admin" in said


def test_the_admin_is_told_before_the_filling_can_go_wrong(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    _run, said = insights.started(**outside_stores)

    assert said.index("API key") < said.index("curl") < said.index("filled")


def test_a_run_notes_what_it_was_told_for_the_admin_cli(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    insights.started(**outside_stores, EXPORT_URL="/srv/exports", INSIGHTS_KEY_PREFIX="own_")
    note = insights.home / "data" / "settings.json"

    told = json.loads(note.read_text())
    assert (told["database_url"], told["export_url"]) == (outside_stores["DATABASE_URL"], "/srv/exports")
    assert note.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_wish_to_stop_ends_everything_within_seconds(insights: InsightsServer, how: signal.Signals):
    run, _ = insights.started()
    children = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(how)

    assert run.wait(timeout=10) == 0
    assert gone(children, 0.5)


def test_a_wish_to_stop_is_heard_during_the_start_too(insights: InsightsServer):
    run = insights.start()
    read_until(run, "postgres")
    run.send_signal(signal.SIGINT)

    assert run.wait(timeout=10) == 0


def test_a_killed_supervisor_leaves_nothing_behind(insights: InsightsServer):
    run, _ = insights.started()
    children = psutil.Process(run.pid).children(recursive=True)
    run.kill()

    assert len(children) > 6
    assert gone(children, 15)


def test_the_start_right_after_a_kill_works_and_finds_its_people_again(insights: InsightsServer):
    first, _ = insights.started()
    first.kill()
    first.wait()

    second, said = insights.started()
    second.terminate()
    rest, _ = second.communicate(timeout=30)

    assert "analytics  ready" in said
    assert "password" not in said + rest


def test_a_second_run_on_the_same_data_is_refused_with_a_sentence(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    first, _ = insights.started(**outside_stores)
    second = insights.start(**outside_stores)
    said, _ = second.communicate(timeout=20)

    assert second.returncode == 1
    assert said == (
        f"Another Insights is running on {insights.home}/data (process {first.pid}): "
        "stop it first, or set INSIGHTS_HOME to another folder.\n"
    )


def test_whoever_is_killed_is_named_and_comes_back(insights: InsightsServer):
    run, _ = insights.started()
    for child in psutil.Process(run.pid).children():
        child.kill()
    said = read_until(run, "analytics was killed by SIGKILL; it starts again in 0.5 s")

    assert all(
        f"\n{name} was killed" in f"\n{said}"
        for name in ("postgres", "valkey", "ingest", "worker", "scheduler")
    )
    assert eventually(lambda: all(answers(port) for port in insights.ports))
    # Two stores, four programs and the log writer.
    assert eventually(lambda: len(psutil.Process(run.pid).children()) == 7)


def test_a_process_that_cannot_start_ends_the_run_with_its_last_words(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    insights.procfile(PROCFILE.replace("worker: sleep 1000", "worker: sh -c 'echo no such luck; exit 4'"))
    run = insights.start(**outside_stores)
    said, _ = run.communicate(timeout=30)

    assert run.returncode == 1
    assert "worker does not start." in said and "    no such luck" in said


def test_a_worker_that_ends_right_after_the_start_ends_the_run(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    notifier = insights.home / "bell"
    insights.procfile(
        PROCFILE.replace(
            "sleep 1000", f"sh -c 'until [ -e {notifier} ]; do sleep 0.1; done; echo no such zone; exit 1'"
        )
    )
    run = insights.start(**outside_stores)
    read_until(run, "ready")
    notifier.touch()
    said, _ = run.communicate(timeout=60)

    assert run.returncode == 1
    assert "does not start." in said and "    no such zone" in said


def test_a_program_that_has_worked_once_is_tried_again_without_end(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    broken = insights.home / "broken"
    server = "python -m http.server --bind ${BIND_ADDRESS} ${INGEST_PORT}"
    insights.procfile(PROCFILE.replace(server, f"sh -c 'test ! -e {broken} && exec {server}'"))
    run, _ = insights.started(**outside_stores)
    broken.touch()
    for child in psutil.Process(run.pid).children():
        if str(insights.ports[0]) in child.cmdline():
            child.kill()
    read_until(run, "ingest ended with exit code 1; it starts again in 4 s")
    broken.unlink()

    assert eventually(lambda: all(answers(port) for port in insights.ports))


def postgres_of(run: "subprocess.Popen[str]") -> psutil.Process | None:
    return next((one for one in psutil.Process(run.pid).children() if one.name() == "postgres"), None)


def ready(insights: InsightsServer) -> bool:
    try:
        psycopg2.connect(database_url(insights.home / "data")).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.mark.slow
def test_six_quick_deaths_of_a_store_do_not_end_the_run(insights: InsightsServer):
    run, _ = insights.started()
    for _ in range(6):
        assert eventually(lambda: postgres_of(run) is not None, 30)
        postgres = postgres_of(run)
        assert postgres
        postgres.send_signal(signal.SIGQUIT)
        assert eventually(lambda gone=postgres: gone != postgres_of(run), 30)

    assert eventually(lambda: ready(insights), 30)
    assert run.poll() is None


def test_stores_that_die_while_the_programs_start_are_started_again(insights: InsightsServer):
    gate = insights.home / "gate"
    waiting = f"sh -c 'until [ -e {gate} ]; do sleep 0.1; done; exec python"
    insights.procfile(re.sub(r"ingest: python(.*)", rf"ingest: {waiting}\1'", PROCFILE))
    run = insights.start()
    read_until(run, "database ")
    for name in ("postgres", "valkey-server"):
        [store] = [one for one in psutil.Process(run.pid).children() if one.name() == name]
        store.kill()
        read_until(run, "it starts again")
    gate.touch()

    assert "analytics  ready" in read_until(run, "data ")
    assert eventually(lambda: ready(insights))


def test_a_taken_port_is_refused_before_anything_starts(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    with socket.create_server(("127.0.0.1", insights.ports[0])):
        run = insights.start(**outside_stores)
        said, _ = run.communicate(timeout=20)

    assert run.returncode == 1
    assert said == (
        f"Port {insights.ports[0]} of 127.0.0.1 cannot be used (address already in use): set INGEST_PORT.\n"
    )


def test_stores_from_outside_are_used_and_none_is_started_for_them(
    insights: InsightsServer, outside_stores: dict[str, str]
):
    _, said = insights.started(**outside_stores)

    assert said.startswith("database   ready")
    assert not any((insights.home / "data" / store).exists() for store in ("valkey", "logs/postgres.log"))


def test_a_run_ends_with_the_make_that_started_it(insights: InsightsServer):
    (insights.home / "Makefile").write_text(f"run:\n\t@exec {sys.executable} -c '$(RUN)'\n")
    make = insights.start("make", "-f", str(insights.home / "Makefile"), RUN=RUN.strip().replace("\n", ";"))
    read_until(make, "data ")
    children = psutil.Process(make.pid).children(recursive=True)
    make.kill()

    assert gone(children, 15)
