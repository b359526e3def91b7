"""Calculations between rows and charts: pure, without database, Dash or Flask."""
