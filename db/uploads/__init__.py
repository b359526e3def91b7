"""Uploads as PostgreSQL has them: the inbox, the sessions and plans made from it, quarantine and status."""
