"""How a person wants their pages: language, clock and theme."""

from db.connection import Statements


def change_preferences(
    db: Statements, user_id: int, *, locale: str | None, time_zone: str | None, theme: str | None
) -> None:
    """Store all three; None = as the browser, the team or the system has it."""
    db.execute("change_preferences", user_id=user_id, locale=locale, time_zone=time_zone, theme=theme)
