-- Archived usage: the sums of sessions that were deleted after the retention period. A recomputed day adds them to the
-- sessions that still exist. As in the daily usage, project_name and model are '' where they were not reported.

-- One row per user, day, project, main model and hour of the start.
CREATE TABLE archived_days (
    user_id          bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date        date NOT NULL,
    project_name     text NOT NULL,
    model            text NOT NULL,
    hour             smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    session_count    amount NOT NULL,
    total_messages   amount NOT NULL,
    duration_seconds amount NOT NULL,
    last_upload_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, stat_date, project_name, model, hour)
);

-- One row per user, day, project and model; tokens with a known price and tokens without one have separate rows.
CREATE TABLE archived_models (
    user_id               bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date             date NOT NULL,
    project_name          text NOT NULL,
    model                 text NOT NULL,
    priced                boolean NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    -- US dollars.
    cost_usd              numeric,
    PRIMARY KEY (user_id, stat_date, project_name, model, priced),
    CHECK (priced = (cost_usd IS NOT NULL))
);

-- One row per user, day, project and tool.
CREATE TABLE archived_tools (
    user_id          bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date        date NOT NULL,
    project_name     text NOT NULL,
    tool_name        text NOT NULL,
    call_count       amount NOT NULL,
    success_count    amount NOT NULL,
    error_count      amount NOT NULL,
    -- Calls whose outcome was not reported.
    unreported_count amount NOT NULL,
    PRIMARY KEY (user_id, stat_date, project_name, tool_name)
);

-- One row per deleted session, so that uploading it again does not count it twice. Only the hash of its id is kept.
CREATE TABLE archived_sessions (
    user_id        bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The SHA-256 hash of session_id.
    id_hash        bytea NOT NULL CHECK (octet_length(id_hash) = 32),
    -- The end and the number of messages tell whether a later upload has more than what was counted.
    ended_at       timestamptz,
    total_messages bigint NOT NULL,
    PRIMARY KEY (user_id, id_hash)
);
