-- Sessions: runs of a coding agent with their messages, tools, models and tags. Every primary key begins with user_id, so
-- an upload of one user cannot change rows of another.

-- A number of tokens or calls. The limit is far above any real session and keeps the sums of millions of them exact.
CREATE DOMAIN token_count AS bigint CHECK (VALUE BETWEEN 0 AND 1000000000000);

-- One row per session: the newest snapshot that its user uploaded.
CREATE TABLE sessions (
    user_id               bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The client's id, unique for one user only.
    session_id            text NOT NULL CHECK (length(session_id) BETWEEN 1 AND 200),
    -- The last part of the working directory, never the whole path.
    project_name          text CHECK (octet_length(project_name) <= 500 AND project_name !~ '[/\\]'),
    started_at            timestamptz NOT NULL CHECK (started_at >= '2020-01-01 00:00Z' AND started_at < '2100-01-01 00:00Z'),
    -- NULL: not reported.
    ended_at              timestamptz CHECK (ended_at >= started_at AND ended_at < '2100-01-01 00:00Z'),
    duration_seconds      bigint GENERATED ALWAYS AS (extract(epoch FROM ended_at - started_at)::bigint) STORED,
    total_messages        bigint NOT NULL CHECK (total_messages >= 0),
    -- Tokens counted from the uploaded responses, or the reported totals where there are none. total_tokens_in
    -- excludes the cache tokens.
    total_tokens_in       token_count NOT NULL,
    total_tokens_out      token_count NOT NULL,
    cache_read_tokens     token_count NOT NULL,
    cache_creation_tokens token_count NOT NULL,
    -- The client's own totals, for comparison.
    reported_tokens_in    token_count NOT NULL,
    reported_tokens_out   token_count NOT NULL,
    -- The main model; session_models has all of them.
    model                 text CHECK (length(model) <= 200),
    git_branch            text CHECK (length(git_branch) <= 500),
    machine               text CHECK (length(machine) <= 200),
    agent                 text CHECK (length(agent) <= 200),
    agent_version         text CHECK (length(agent_version) <= 200),
    -- 'full': the session's text is stored. 'metadata': it is not.
    share_level           text NOT NULL CHECK (share_level IN ('metadata', 'full')),
    -- A hash of the uploaded content, by which a repeated upload is recognised.
    content_hash          bytea NOT NULL,
    -- The upload that this row was stored from.
    upload_id             uuid NOT NULL,
    imported_at           timestamptz NOT NULL DEFAULT now(),
    -- An array of at most 60 steps, each [seconds since the start or null, tokens in, tokens out, cache read tokens,
    -- cache creation tokens]. NULL: the upload has no single responses.
    token_timeline        jsonb,
    PRIMARY KEY (user_id, session_id)
);
-- Finds the sessions of a user and a period.
CREATE INDEX sessions_started ON sessions (user_id, started_at);

-- Returns the sessions whose team day lies in a period: the date of started_at in the team's time zone.
-- The first two conditions use the index, with four hours to spare for clock changes. The third one is exact; IS FALSE keeps
-- the planner from underestimating the number of rows.
CREATE FUNCTION sessions_between(first date, last date, zone text) RETURNS SETOF sessions LANGUAGE sql STABLE
AS $$
    SELECT * FROM sessions
    WHERE started_at >= first::timestamp AT TIME ZONE zone - interval '4 hours'
      AND started_at < (last + 1)::timestamp AT TIME ZONE zone + interval '4 hours'
      AND ((started_at AT TIME ZONE zone)::date NOT BETWEEN first AND last) IS FALSE
$$;

-- The tables below hold the parts of a session. They have no foreign key to sessions, because checking it for each row
-- took half of the time of storing a session. One statement writes a session together with its parts, a trigger deletes
-- the parts, and `manage.py check` counts parts without a session.

-- One row per message of a session with share level 'full'.
CREATE TABLE messages (
    user_id      bigint NOT NULL,
    session_id   text NOT NULL,
    sequence     bigint NOT NULL CHECK (sequence >= 0),
    timestamp    timestamptz,
    role         text NOT NULL CHECK (length(role) <= 100),
    content      text NOT NULL,
    -- The SHA-256 hash of the content.
    content_hash bytea NOT NULL,
    PRIMARY KEY (user_id, session_id, sequence)
);

-- One row per session and tool, with the number of calls and of their outcomes.
CREATE TABLE tool_usage (
    user_id       bigint NOT NULL,
    session_id    text NOT NULL,
    tool_name     text NOT NULL CHECK (length(tool_name) BETWEEN 1 AND 200),
    call_count    token_count NOT NULL,
    -- NULL in both columns: the client did not report outcomes.
    success_count token_count,
    error_count   token_count,
    PRIMARY KEY (user_id, session_id, tool_name),
    CHECK ((success_count IS NULL) = (error_count IS NULL)),
    CHECK (success_count + error_count <= call_count)
);

-- One row per call of a tool, where the client reports single calls.
CREATE TABLE tool_calls (
    user_id          bigint NOT NULL,
    session_id       text NOT NULL,
    -- The place of the call within the session, from 0.
    position         bigint NOT NULL CHECK (position >= 0),
    -- The message that made the call: messages.sequence.
    message_sequence bigint,
    tool_name        text NOT NULL CHECK (length(tool_name) BETWEEN 1 AND 200),
    -- Text, stored with share level 'full' only.
    tool_input       text,
    tool_output      text,
    duration_ms      bigint CHECK (duration_ms >= 0),
    -- NULL: not reported.
    success          boolean,
    PRIMARY KEY (user_id, session_id, position)
);

-- One row per session and tag.
CREATE TABLE session_tags (
    user_id        bigint NOT NULL,
    session_id     text NOT NULL,
    tag            text NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
    -- True for tags that the client derives from the tools used ('tool:…').
    auto_generated boolean NOT NULL,
    PRIMARY KEY (user_id, session_id, tag)
);

-- One row per session and model, with its tokens and their cost.
CREATE TABLE session_models (
    user_id               bigint NOT NULL,
    session_id            text NOT NULL,
    -- '': the client did not report the model.
    model                 text NOT NULL CHECK (length(model) <= 200),
    -- The number of responses of the model; 0 where the client reported sums only.
    responses             bigint NOT NULL CHECK (responses >= 0),
    tokens_in             token_count NOT NULL,
    tokens_out            token_count NOT NULL,
    cache_read_tokens     token_count NOT NULL,
    cache_creation_tokens token_count NOT NULL,
    -- US dollars. NULL: the price is unknown. An unknown price is never stored as 0.
    cost_usd              numeric(18, 9) CHECK (cost_usd >= 0 AND cost_usd < 'Infinity'),
    -- The price list that the cost was calculated with; NULL without a cost.
    price_version         text,
    PRIMARY KEY (user_id, session_id, model)
);

-- Deletes the parts of deleted sessions, once per statement instead of once per row. The settings keep the planner from
-- reading a whole table of parts for a few sessions.
CREATE FUNCTION parts_go_with_their_session() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM tool_usage USING gone
    WHERE tool_usage.user_id = gone.user_id AND tool_usage.session_id = gone.session_id;
    DELETE FROM session_tags USING gone
    WHERE session_tags.user_id = gone.user_id AND session_tags.session_id = gone.session_id;
    DELETE FROM session_models USING gone
    WHERE session_models.user_id = gone.user_id AND session_models.session_id = gone.session_id;
    DELETE FROM tool_calls USING gone
    WHERE tool_calls.user_id = gone.user_id AND tool_calls.session_id = gone.session_id;
    DELETE FROM messages USING gone
    WHERE messages.user_id = gone.user_id AND messages.session_id = gone.session_id;
    RETURN NULL;
END $$;
CREATE TRIGGER sessions_take_their_parts AFTER DELETE ON sessions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION parts_go_with_their_session();
