"""Medians, paired ratios, and the tables that people read."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.bodies import WORKLOADS
from benchmarks.ingest import PAGE
from benchmarks.load import Round
from benchmarks.report import Findings
from benchmarks.steady import Steady

ROUND = Round(
    acknowledged=1000,
    load_seconds=4.0,
    rows=1000,
    rows_seconds=5.0,
    errors=0,
    p50_ms=2.0,
    p99_ms=9.0,
    server_cpu_ms=0.5,
    postgres_cpu_ms=0.25,
    foreign_share=0.1,
)


def rounds(*rates: int) -> list[Round]:
    return [replace(ROUND, rows=rate * 5) for rate in rates]


def findings(**servers: list[Round]) -> Findings:
    steady = Steady(sent=6000, rate=200.0, errors=0, lags=[0.5] * 99 + [2.5])
    return Findings([(WORKLOADS["singles"], servers)], steady, "2 cores")


def test_rows_count_until_the_last_is_there_and_answers_while_the_load_lasts():
    assert ROUND.rows_rate == 200
    assert ROUND.acknowledged_rate == 250


def test_a_figure_is_the_median_of_its_rounds():
    assert report.middle(rounds(100, 900, 300), lambda one: one.rows_rate) == 300


def test_a_ratio_pairs_rounds_that_were_neighbours():
    assert report.ratios({"ours": rounds(600, 800), "peer": rounds(100, 200)}) == [6.0, 4.0]


def test_without_a_peer_there_is_no_ratio():
    assert report.ratios({"ours": rounds(600)}) == []


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int):
    assert report.percentile(range(100, 0, -1), share) == value


def test_the_table_tells_both_rates_the_ratio_and_the_goal():
    text = report.document(
        findings(ours=rounds(600, 1200, 900), peer=rounds(100, 100, 100)), date(2026, 3, 1)
    )

    assert "| single uploads, 8 at once | 900 | 100 | **9.0×** (6.0–12.0) | ≥ 6× |" in text


def test_the_table_tells_how_late_the_charts_are():
    text = report.document(findings(ours=rounds(600)), date(2026, 3, 1))

    assert "at 200 uploads/s for 30 s | p50 0.5 s, **p99 0.5 s**" in text


def test_a_server_that_was_not_measured_is_a_dash():
    text = report.document(findings(ours=rounds(600)), date(2026, 3, 1))

    assert "| single uploads, 8 at once | 600 | – | – | ≥ 6× |" in text


def test_the_day_and_the_machine_stand_above_the_tables():
    text = report.document(findings(ours=rounds(600)), date(2026, 3, 1))

    assert text.startswith("2026-03-01, 2 cores. Medians of 1 rounds; 0 errors.")


def test_it_says_how_much_other_programs_disturbed():
    found = findings(ours=[ROUND, replace(ROUND, foreign_share=0.3), ROUND])

    assert "Other programs used 10% of the machine in the median round, 30% at most." in report.document(
        found, date(2026, 3, 1)
    )


def test_errors_of_all_rounds_and_of_the_steady_stream_are_added_up():
    found = findings(ours=[replace(ROUND, errors=2), replace(ROUND, errors=3)])

    assert report.errors(replace(found, steady=Steady(10, 1.0, 4, [0.1]))) == 9


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- ingest -->\nold\n<!-- /ingest -->\nafter\n")

    report.put_in(page, "ingest", "new \\1")

    assert page.read_text() == "before\n<!-- ingest -->\n\nnew \\1\n\n<!-- /ingest -->\nafter\n"


def test_the_page_has_the_marks_that_the_tables_go_between():
    text = PAGE.read_text()

    assert text.index("<!-- ingest -->") < text.index("<!-- /ingest -->")


def test_the_machine_is_told_without_its_name():
    durability = {"server_version": "18.1 (Debian)", "fsync": "on"}

    assert report.surroundings(durability).endswith("PostgreSQL 18.1 (fsync on, read from both databases)")
