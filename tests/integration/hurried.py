"""Processes that are to be killed: forked from one that has imported everything already, so they start at once."""

from multiprocessing import get_context

HURRIED = get_context("forkserver")
HURRIED.set_forkserver_preload(
    [
        "tasks.exports.exporter",
        "tasks.scheduler",
        "tests.integration.conftest",
        "tests.integration.export_targets",
    ]
)
