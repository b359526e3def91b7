"""What analysts get of one team day: four datasets, never a word of anybody's text."""

from datetime import date

from db.connection import Row, Statements

DATASETS = ("sessions", "tools", "models", "daily_stats")


def read(db: Statements, dataset: str, day: date, zone: str) -> list[Row]:
    """The rows of one dataset on one team day."""
    return db.fetch(f"export_{dataset}", day=day, zone=zone)
