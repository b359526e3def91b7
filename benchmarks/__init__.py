"""Measurements over plain HTTP, of this server and of any other that speaks the same uploads; no part of what runs."""
