#!/usr/bin/env python3
"""The admin CLI: goes on under the project's own Python, then runs the command."""

import os
import sys
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"
PYTHON = str(VENV / "bin" / "python")
# The variable marks the second start: a broken environment must not restart forever.
second = os.environ.pop("INSIGHTS_ENTERED_VENV", None)
if not second and Path(PYTHON).exists() and not Path(sys.prefix).samefile(VENV):
    os.environ["INSIGHTS_ENTERED_VENV"] = "1"
    os.execv(PYTHON, [PYTHON, *sys.argv])  # noqa: S606

from cli.startup import run

run()
