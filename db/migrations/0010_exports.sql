-- Exports: the Parquet files for analysts. No file contains text of a session.

-- One row per exported file.
CREATE TABLE exported_files (
    -- Relative to the folder or bucket of the exports.
    path           text PRIMARY KEY,
    dataset        text NOT NULL,
    -- The team days in the file: a single day, or all days of a month.
    first_day      date NOT NULL,
    last_day       date NOT NULL CHECK (last_day >= first_day),
    row_count      bigint NOT NULL CHECK (row_count > 0),
    byte_count     bigint NOT NULL CHECK (byte_count > 0),
    -- As 64 hex digits.
    sha256         text NOT NULL CHECK (length(sha256) = 64),
    -- The version of the columns, as in docs/data.md.
    schema_version text NOT NULL,
    -- The usernames in the file, so that it is rewritten when one of them is deleted.
    people         text[] NOT NULL,
    written_at     timestamptz NOT NULL DEFAULT now()
);

-- One row per team day whose files have to be written again.
CREATE TABLE stale_exports (
    stat_date  date PRIMARY KEY,
    -- Each further change of the day sets a new number, so a change during the writing is not lost.
    change     bigint GENERATED ALWAYS AS IDENTITY,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A single row that identifies this database in the folder or bucket of the exports. Two databases that export to the
-- same place would delete each other's files, so the exporter refuses a place with another id.
CREATE TABLE export_state (
    -- The primary key admits one value only, so the table holds at most one row.
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    lake_id  uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO export_state DEFAULT VALUES;
