-- Session data: every key begins with user_id, so nobody's upload can touch another person's rows.

-- Far above any real session, and small enough that the sums of millions of them stay exact.
CREATE DOMAIN token_count AS bigint CHECK (VALUE BETWEEN 0 AND 1000000000000);

CREATE TABLE sessions (
    user_id               bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    session_id            text NOT NULL CHECK (length(session_id) BETWEEN 1 AND 200),
    project_name          text CHECK (octet_length(project_name) <= 500 AND project_name !~ '[/\\]'),
    started_at            timestamptz NOT NULL CHECK (started_at >= '2020-01-01 00:00Z' AND started_at < '2100-01-01 00:00Z'),
    ended_at              timestamptz CHECK (ended_at >= started_at AND ended_at < '2100-01-01 00:00Z'),
    duration_seconds      bigint GENERATED ALWAYS AS (extract(epoch FROM ended_at - started_at)::bigint) STORED,
    total_messages        bigint NOT NULL CHECK (total_messages >= 0),
    total_tokens_in       token_count NOT NULL,
    total_tokens_out      token_count NOT NULL,
    cache_read_tokens     token_count NOT NULL,
    cache_creation_tokens token_count NOT NULL,
    reported_tokens_in    token_count NOT NULL,
    reported_tokens_out   token_count NOT NULL,
    model                 text CHECK (length(model) <= 200),
    git_branch            text CHECK (length(git_branch) <= 500),
    machine               text CHECK (length(machine) <= 200),
    agent                 text CHECK (length(agent) <= 200),
    agent_version         text CHECK (length(agent_version) <= 200),
    share_level           text NOT NULL CHECK (share_level IN ('metadata', 'full')),
    content_hash          bytea NOT NULL,
    upload_id             uuid NOT NULL,
    imported_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, session_id)
);
CREATE INDEX sessions_started ON sessions (user_id, started_at);

CREATE TABLE messages (
    user_id      bigint NOT NULL,
    session_id   text NOT NULL,
    sequence     bigint NOT NULL CHECK (sequence >= 0),
    timestamp    timestamptz,
    role         text NOT NULL CHECK (length(role) <= 100),
    content      text NOT NULL,
    content_hash bytea NOT NULL,
    PRIMARY KEY (user_id, session_id, sequence),
    FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE
);

CREATE TABLE tool_usage (
    user_id       bigint NOT NULL,
    session_id    text NOT NULL,
    tool_name     text NOT NULL CHECK (length(tool_name) BETWEEN 1 AND 200),
    call_count    token_count NOT NULL,
    success_count token_count,
    error_count   token_count,
    PRIMARY KEY (user_id, session_id, tool_name),
    FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE,
    -- An outcome is reported whole or not at all, and never exceeds the calls.
    CHECK ((success_count IS NULL) = (error_count IS NULL)),
    CHECK (success_count + error_count <= call_count)
);

CREATE TABLE tool_calls (
    user_id          bigint NOT NULL,
    session_id       text NOT NULL,
    position         bigint NOT NULL CHECK (position >= 0),
    message_sequence bigint,
    tool_name        text NOT NULL CHECK (length(tool_name) BETWEEN 1 AND 200),
    tool_input       text,
    tool_output      text,
    duration_ms      bigint CHECK (duration_ms >= 0),
    success          boolean,
    PRIMARY KEY (user_id, session_id, position),
    FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE
);

CREATE TABLE session_tags (
    user_id        bigint NOT NULL,
    session_id     text NOT NULL,
    tag            text NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
    auto_generated boolean NOT NULL,
    PRIMARY KEY (user_id, session_id, tag),
    FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE
);

-- Tokens by model; '' = the model was not reported. A price that is not known is NULL, never 0.
CREATE TABLE session_models (
    user_id               bigint NOT NULL,
    session_id            text NOT NULL,
    model                 text NOT NULL CHECK (length(model) <= 200),
    responses             bigint NOT NULL CHECK (responses >= 0),
    tokens_in             token_count NOT NULL,
    tokens_out            token_count NOT NULL,
    cache_read_tokens     token_count NOT NULL,
    cache_creation_tokens token_count NOT NULL,
    cost_usd              numeric(18, 9) CHECK (cost_usd >= 0 AND cost_usd < 'Infinity'),
    price_version         text,
    PRIMARY KEY (user_id, session_id, model),
    FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE
);

CREATE TABLE plans (
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    title        text CHECK (length(title) <= 500),
    content      text,
    created_at   timestamptz,
    content_hash bytea NOT NULL,
    upload_id    uuid NOT NULL,
    imported_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, name)
);
