"""How stored data ends: purges, deletions, retention, and the export of one person's own data."""
