-- What stays of sessions that were kept long enough: their sums by day, which the days are recomputed with, and what it
-- takes to know them again. Not one of these rows tells of one session, but for the last table's, by the hash of its id.

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

-- Tokens with a price and tokens without one are rows of their own.
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
    cost_usd              numeric,
    PRIMARY KEY (user_id, stat_date, project_name, model, priced),
    CHECK (priced = (cost_usd IS NOT NULL))
);

CREATE TABLE archived_tools (
    user_id          bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date        date NOT NULL,
    project_name     text NOT NULL,
    tool_name        text NOT NULL,
    call_count       amount NOT NULL,
    success_count    amount NOT NULL,
    error_count      amount NOT NULL,
    unreported_count amount NOT NULL,
    PRIMARY KEY (user_id, stat_date, project_name, tool_name)
);

-- Sent once more, a session that is in the sums already must not be added to them again.
CREATE TABLE archived_sessions (
    user_id        bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id_hash        bytea NOT NULL CHECK (octet_length(id_hash) = 32),
    ended_at       timestamptz,
    total_messages bigint NOT NULL,
    PRIMARY KEY (user_id, id_hash)
);
