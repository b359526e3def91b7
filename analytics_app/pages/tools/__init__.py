"""The page Tools."""
