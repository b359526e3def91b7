"""gunicorn's configuration of the dashboard, read by its master: settings are checked before any worker starts.

It must import nothing that has locks or thread-locals: a worker makes these gevent's only after it is forked.
"""

from analytics_app.config import AnalyticsSettings
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
