"""Starts the admin CLI for manage.py: prepares the process, imports the commands, and runs one."""

import gc
import os
import signal


def run() -> None:
    """Import the commands and run the one that the command line names."""
    # Until everything is imported, Ctrl-C ends the process without a stack trace.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Imported modules live until the end: collecting garbage among them takes a tenth of a large export.
    gc.disable()
    # Pydantic would read every installed package's metadata in search of plugins; there are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Arrow's own allocator keeps more of what it frees, and takes as long.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

    from cli.commands import main

    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
