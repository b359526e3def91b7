"""The HTTP edge that every route shares: who calls, how large, how often, and what an error looks like."""
