"""A multiprocessing context for processes to be killed: they fork from one that has imported everything."""

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
