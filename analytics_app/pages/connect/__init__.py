"""The page Connect: how an agent uploads its first session."""
