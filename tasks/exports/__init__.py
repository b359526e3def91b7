"""From rows to Parquet files: what is due, how it is written, and where it is stored."""
