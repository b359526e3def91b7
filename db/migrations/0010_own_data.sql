-- What people do with data of their own: delete all of it, and look at a session's course.

-- One row a person who deleted their data, until it is gone from the rows and from the exported files too.
CREATE TABLE data_deletions (
    user_id       bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- The last upload that was received before; what came later stays.
    last_inbox_id bigint NOT NULL,
    asked_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    rows_gone     boolean NOT NULL DEFAULT false
);

-- [[seconds since the start or null, in, out, cache read, cache creation], …], at most 60 steps; null in sessions that
-- were stored before there was any.
ALTER TABLE sessions ADD COLUMN token_timeline jsonb;
