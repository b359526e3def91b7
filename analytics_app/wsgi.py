"""Entry point of the analytics process: reads the environment, then `application` serves."""

from analytics_app.app import create_app
from analytics_app.config import AnalyticsSettings
from db.config import load
from db.connection import Database
from tasks.queue_config import RedisSettings
from tasks.queues import Doorbell
from web.offload import in_thread

settings = load(AnalyticsSettings)
application = create_app(
    database=Database(settings.postgres),
    settings=settings,
    queue=Doorbell(load(RedisSettings).redis),
    offload=in_thread,
).server
