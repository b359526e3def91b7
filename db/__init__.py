"""The database room: everything that PostgreSQL is asked, as named statements behind typed functions."""
