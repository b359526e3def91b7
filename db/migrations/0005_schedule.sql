-- The schedule's memory: one row a due run, so each takes effect once whoever asks for it.

CREATE TABLE scheduled_runs (
    name        text NOT NULL CHECK (length(name) <= 100),
    due_at      timestamptz NOT NULL,
    rung_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at  timestamptz,
    finished_at timestamptz,
    outcome     text CHECK (outcome IN ('done', 'failed')),
    detail      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (name, due_at)
);
