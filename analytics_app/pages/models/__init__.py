"""The page Models & cost."""
