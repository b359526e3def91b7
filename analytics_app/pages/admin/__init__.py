"""The page Administration: people and keys, inbox, schedule, exports and the audit log."""
