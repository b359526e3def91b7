"""What went to the measurement, and what to everybody else."""

import os

import pytest

from benchmarks.cpu import Usage, usage


def test_foreign_is_what_nobody_in_the_measurement_used():
    before = Usage(server=1, postgres=1, client=1, machine=10, possible=100)
    after = Usage(server=3, postgres=2, client=2, machine=16, possible=120)

    assert after.since(before).foreign_share == pytest.approx(0.1)


def test_rounding_never_makes_it_negative():
    assert Usage(server=3, postgres=2, client=1, machine=5, possible=10).foreign_share == 0.0


def test_a_process_that_works_is_seen_to_have_worked():
    before = usage([os.getpid()], os.getpid())
    sum(range(5_000_000))

    assert usage([os.getpid()], os.getpid()).since(before).server > 0
