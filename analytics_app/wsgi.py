"""Entry point of the analytics process: reads the environment, then `application` serves."""

from analytics_app.app import create_app
from analytics_app.context.config import AnalyticsSettings
from db.config import load
from db.connection import Database
from tasks.queue.notifier import JobNotifier
from tasks.queue.settings import RedisSettings
from web.offload import in_thread

settings = load(AnalyticsSettings)
application = create_app(
    database=Database(settings.postgres),
    settings=settings,
    queue=JobNotifier(load(RedisSettings).redis),
    offload=in_thread,
).server
