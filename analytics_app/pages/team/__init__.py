"""The page Team, the first page."""
