"""How the worker and the scheduler log: one JSON object a line, never what an upload holds."""

import structlog


def configure() -> None:
    """Set the format for this process; RQ's own lines go to stderr as they are."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )
