"""The schemas of the exports, as Polars finds them in the files."""

import polars as pl

from tasks.exports import export_schemas

SCHEMAS = {
    dataset: pl.DataFrame(schema.empty_table()).schema for dataset, schema in export_schemas.SCHEMAS.items()
}
