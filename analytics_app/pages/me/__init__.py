"""The page Me: a person's own figures, sessions, keys and settings."""
