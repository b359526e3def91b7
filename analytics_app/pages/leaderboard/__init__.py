"""The page Leaderboard: who takes part, ranked."""
