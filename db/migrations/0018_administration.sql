-- What admins do and see: people who are deleted from the page, and when the schedule is due next.

-- Data on its way out may take its owner along: who asked for that.
ALTER TABLE data_deletions
    ADD COLUMN with_account boolean NOT NULL DEFAULT false,
    ADD COLUMN asked_by bigint REFERENCES users ON DELETE SET NULL;

-- Every entry of the schedule as the scheduler has it now, and when it is due next.
CREATE TABLE schedule_entries (
    name        text PRIMARY KEY CHECK (length(name) <= 100),
    next_due_at timestamptz NOT NULL
);
