"""How the worker and the scheduler log: one JSON object a line, never the content of an upload."""

import structlog


def configure() -> None:
    """Set the log format of this process; RQ's own lines go to stderr unchanged."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )
