"""The page Me: the figures, sessions, keys and settings of the person who asks."""
