-- What analysts were given: which files there are, which days they do not tell as they are now, and whose lake it is.

CREATE TABLE exported_files (
    -- Below the folder or bucket of the exports.
    path           text PRIMARY KEY,
    dataset        text NOT NULL,
    -- One day, or all days of a month.
    first_day      date NOT NULL,
    last_day       date NOT NULL CHECK (last_day >= first_day),
    row_count      bigint NOT NULL CHECK (row_count > 0),
    byte_count     bigint NOT NULL CHECK (byte_count > 0),
    sha256         text NOT NULL CHECK (length(sha256) = 64),
    schema_version text NOT NULL,
    -- Whose rows are in it: whoever goes takes them along.
    people         text[] NOT NULL,
    written_at     timestamptz NOT NULL DEFAULT now()
);

-- One row a day whose files are to be written anew; a change while they are written has another number, and stays.
CREATE TABLE stale_exports (
    stat_date  date PRIMARY KEY,
    change     bigint GENERATED ALWAYS AS IDENTITY,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO stale_exports (stat_date) SELECT DISTINCT stat_date FROM daily_stats;

-- Two databases that wrote to one place would take each other's files away.
CREATE TABLE export_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    lake_id  uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO export_state DEFAULT VALUES;

-- A run that failed is tried again, a few times.
ALTER TABLE scheduled_runs ADD COLUMN tries smallint NOT NULL DEFAULT 0;
