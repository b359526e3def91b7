"""Parquet exports for analysts: planning, writing and storing the files."""
