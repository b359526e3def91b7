-- Schedule: the runs of periodic jobs.

-- One row per entry of the schedule, as the scheduler knows it now.
CREATE TABLE schedule_entries (
    name        text PRIMARY KEY CHECK (length(name) <= 100),
    next_due_at timestamptz NOT NULL
);

-- One row per run that became due. The primary key makes each run take effect once, even with several schedulers.
CREATE TABLE scheduled_runs (
    -- The entry of the schedule.
    name        text NOT NULL CHECK (length(name) <= 100),
    due_at      timestamptz NOT NULL,
    -- When the run was last put into the job queue; the scheduler repeats that until the run has finished.
    rung_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at  timestamptz,
    finished_at timestamptz,
    -- NULL: not finished.
    outcome     text CHECK (outcome IN ('done', 'failed')),
    -- The progress of a run that is done in several turns, then its result.
    detail      jsonb NOT NULL DEFAULT '{}',
    -- How often the run has failed. A failed run is repeated a few times.
    tries       smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (name, due_at)
);
