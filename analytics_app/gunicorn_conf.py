"""gunicorn's configuration for the dashboard; the master reads it, so bad settings stop the start.

It must not import modules that create locks or thread-locals: gevent patches these in the workers, after the fork.
"""

from analytics_app.context.config import AnalyticsSettings
from db.config import load
from tasks.queue.settings import RedisSettings
from web.gunicorn_options import (
    control_socket_disable,
    forwarder_headers,
    graceful_timeout,
    sendfile,
    worker_class,
    worker_connections,
    workers,
)

__all__ = [
    "bind",
    "control_socket_disable",
    "forwarder_headers",
    "graceful_timeout",
    "sendfile",
    "worker_class",
    "worker_connections",
    "workers",
]

settings = load(AnalyticsSettings)
load(RedisSettings)
bind = f"{settings.listen_address}:{settings.analytics_port}"
