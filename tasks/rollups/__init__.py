"""The days of people and of the team, recomputed from the rows whenever something in them changed."""
