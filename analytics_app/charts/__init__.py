"""Rows in, figures, legends and tables out: pure, without database, Dash or Flask."""
