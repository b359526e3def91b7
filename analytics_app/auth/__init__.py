"""Authentication and accounts: the guard of every endpoint, the login, passwords and changes of accounts."""
