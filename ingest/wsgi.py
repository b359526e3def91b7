"""Entry point of the ingest process: reads the environment, then `application` serves."""

from db.config import load
from db.connection import Database
from ingest.app import create_app
from ingest.config import IngestSettings
from ingest.http.access_log import configure
from tasks.queue.notifier import JobNotifier
from tasks.queue.settings import RedisSettings
from web.offload import in_thread

#: How long /metrics waits for PostgreSQL; a pool of its own, so that uploads never rest for its sake.
METRICS_SECONDS = 0.6

configure()
settings = load(IngestSettings)
application = create_app(
    database=Database(settings.postgres),
    notifier=JobNotifier(load(RedisSettings).redis),
    settings=settings,
    metrics_database=Database(settings.postgres, pool_size=1, deadline=METRICS_SECONDS),
    offload=in_thread,
)
