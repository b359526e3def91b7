"""The Administration page and its parts: people, inbox, schedule, exports and the audit log."""
