"""Stores the display preferences that users set on their page."""

from db.connection import Statements


def change_preferences(
    db: Statements, user_id: int, *, locale: str | None, time_zone: str | None, theme: str | None
) -> None:
    """Store language, time zone and theme; None = the default of the browser, the team or the system."""
    db.execute("change_preferences", user_id=user_id, locale=locale, time_zone=time_zone, theme=theme)
