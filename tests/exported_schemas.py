"""The schemas of the exports, as Polars finds them in the files."""

import polars as pl

from tasks import datasets

SCHEMAS = {dataset: pl.DataFrame(schema.empty_table()).schema for dataset, schema in datasets.SCHEMAS.items()}
