"""People and what admits them: users, API keys, passwords, logins, preferences, and the audit log."""
