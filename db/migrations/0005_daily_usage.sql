-- Daily usage of each user, computed from the sessions. A day is a team day: the date on which a session started, in the
-- team's time zone. A session counts in full on that day.

-- A sum. A negative one is an error, and the table rejects it.
CREATE DOMAIN amount AS bigint CHECK (VALUE >= 0);

-- A single row that describes all tables of usage.
CREATE TABLE rollup_state (
    -- The primary key admits one value only, so the table holds at most one row.
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    -- The time zone that the days were computed in.
    time_zone  text NOT NULL,
    -- When the figures last changed; open pages of the dashboard poll it.
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row per change of a user's day that the usage tables do not contain yet, written in the transaction of the change.
-- Rows are inserted and deleted but never updated, so storing sessions and computing days do not wait for each other.
CREATE TABLE dirty_days (
    user_id   bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date date NOT NULL,
    -- Ascending: days are computed in the order in which they changed.
    mark      bigint GENERATED ALWAYS AS IDENTITY,
    marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, stat_date, mark)
);

-- One row per user and day with a session: the totals of the day.
CREATE TABLE daily_stats (
    user_id                bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date              date NOT NULL,
    session_count          amount NOT NULL,
    total_messages         amount NOT NULL,
    total_tokens_in        amount NOT NULL,
    total_tokens_out       amount NOT NULL,
    cache_read_tokens      amount NOT NULL,
    cache_creation_tokens  amount NOT NULL,
    -- Of the sessions whose end is known.
    total_duration_seconds amount NOT NULL,
    -- US dollars for all tokens with a known price; NULL: no price is known.
    cost_usd               numeric,
    -- Tokens of all four kinds without a known price.
    unpriced_tokens        amount NOT NULL,
    last_upload_at         timestamptz NOT NULL,
    -- {tool name: number of calls} of the most used tools.
    top_tools              jsonb NOT NULL DEFAULT '{}',
    computed_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Outcomes of tool calls: daily_tools has hundreds of times as many rows.
    calls_succeeded        amount NOT NULL DEFAULT 0,
    calls_failed           amount NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, stat_date)
);
-- Answers questions about a few days of all users from the index alone.
CREATE INDEX daily_stats_by_day ON daily_stats (stat_date, user_id)
    INCLUDE (session_count, total_tokens_in, total_tokens_out, last_upload_at);

-- The next three tables split daily_stats further. They have no foreign key to users, because days are rewritten often
-- and each row would check it; the statement that deletes an account names these tables instead.
-- In all of them project_name and model are '' where the client did not report them.

-- One row per user, day, project and model. Sessions, messages and time count for the main model of the session; tokens
-- and cost count for the model that used them.
CREATE TABLE daily_usage (
    user_id               bigint NOT NULL,
    stat_date             date NOT NULL,
    project_name          text NOT NULL,
    model                 text NOT NULL,
    session_count         amount NOT NULL,
    total_messages        amount NOT NULL,
    duration_seconds      amount NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    cost_usd              numeric,
    unpriced_tokens       amount NOT NULL,
    PRIMARY KEY (user_id, stat_date, project_name, model)
);
-- Finds the days of all users, from which the days of the team are summed.
CREATE INDEX daily_usage_by_day ON daily_usage (stat_date);

-- One row per user, day, project and tool.
CREATE TABLE daily_tools (
    user_id          bigint NOT NULL,
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
-- Finds the days of all users, from which the days of the team are summed.
CREATE INDEX daily_tools_by_day ON daily_tools (stat_date);

-- One row per user, day, project, model and hour with the number of sessions that started in that hour.
CREATE TABLE daily_hours (
    user_id       bigint NOT NULL,
    stat_date     date NOT NULL,
    project_name  text NOT NULL,
    -- The main model of the session.
    model         text NOT NULL,
    -- In the team's time zone.
    hour          smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    session_count amount NOT NULL,
    PRIMARY KEY (user_id, stat_date, project_name, model, hour)
);
-- Finds the days of all users, from which the days of the team are summed.
CREATE INDEX daily_hours_by_day ON daily_hours (stat_date);
