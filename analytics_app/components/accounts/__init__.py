"""Lists and names of accounts, keys and audit events that the pages of admins and of each person share."""
