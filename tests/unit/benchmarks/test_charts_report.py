"""Seconds of charts become medians, paired ratios, and growth from few sessions to many."""

import json
from datetime import date

import pytest

from benchmarks import charts_report
from benchmarks.charts import PAGE
from benchmarks.charts_report import Findings, PageTiming
from benchmarks.year_servers import LARGE, PEER, SMALL

FINDINGS = Findings(
    sessions=1_000_000,
    few=10_000,
    answers={"tools": {LARGE: [0.01, 0.02, 0.03], PEER: [2.0, 3.0, 9.0]}},
    looks={
        "Team": {LARGE: [PageTiming(0.01, 0.09)], SMALL: [PageTiming(0.01, 0.08)]},
        "Connect": {LARGE: [PageTiming(0.01, None)], SMALL: []},
    },
    late=[0.8, 0.4, 0.6],
    check=31.0,
    surroundings="2 cores",
    foreign_share=0.02,
)


@pytest.mark.parametrize(
    "line",
    [
        "| `tools` | 20.0 ms | 3,000 ms | **200×** (150–300) | ≥ 100× |",
        "| Team | 10.0 ms | 90.0 ms | 80.0 ms | ≤ 150 ms, and ≤ 1.2× those of few sessions: **1.12×** |",
        "| Connect | 10.0 ms | – | – | ≤ 300 ms |",
        "| a session that comes 200 days late, acknowledged → in its day, 1,000,000 sessions "
        "| 0.6 s (0.4–0.8) | ≤ 3 s |",
    ],
)
def test_the_tables_tell_medians_and_what_they_are_held_to(line: str):
    assert line in charts_report.document(FINDINGS, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("name", "ours", "peers"),
    [
        (
            "tools",
            [{"tool_name": "Read", "total_calls": 3, "success_rate": None}],
            [{"tool_name": "Read", "total_calls": 3, "success_rate": 0}],
        ),
        ("trends", [{"date": "2026-03-01", "sessions": 0, "tokens": 0}], []),
        (
            "leaderboard",
            [{"username": "a", "total_tokens": 5}],
            [{"username": "a", "total_tokens": 5, "rank": 1}],
        ),
    ],
)
def test_answers_are_compared_by_what_both_servers_count(name: str, ours: object, peers: object):
    told = [charts_report.comparable(name, json.dumps(answer).encode()) for answer in (ours, peers)]

    assert told[0] == told[1]


def test_a_year_that_differs_is_told_apart():
    told = [
        charts_report.comparable("tools", json.dumps([{"tool_name": "Read", "total_calls": n}]).encode())
        for n in (3, 4)
    ]

    assert told[0] != told[1]


def test_the_page_has_the_marks_that_the_tables_go_between():
    text = PAGE.read_text()

    assert text.index("<!-- charts -->") < text.index("<!-- /charts -->")
