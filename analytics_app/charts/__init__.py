"""Rows in, a figure out: pure, without database, callbacks or Flask."""
