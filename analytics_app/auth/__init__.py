"""Who may see what: the guard of every endpoint, logging in, and passwords."""
