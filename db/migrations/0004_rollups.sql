-- Rollups: what every chart, every /team answer and every export of days reads.

-- A sum that is below zero went wrong somewhere: better refused than shown.
CREATE DOMAIN amount AS bigint CHECK (VALUE >= 0);

-- One mark per (person, team day) whose sessions changed, written in the transaction that changed them.
-- Marks are only ever added and taken away whole, so the writer never waits for the rollup nor the rollup for the writer.
CREATE TABLE dirty_days (
    user_id   bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date date NOT NULL,
    mark      bigint GENERATED ALWAYS AS IDENTITY,
    marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, stat_date, mark)
);

CREATE TABLE daily_stats (
    user_id                bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date              date NOT NULL,
    session_count          amount NOT NULL,
    total_messages         amount NOT NULL,
    total_tokens_in        amount NOT NULL,
    total_tokens_out       amount NOT NULL,
    cache_read_tokens      amount NOT NULL,
    cache_creation_tokens  amount NOT NULL,
    total_duration_seconds amount NOT NULL,
    cost_usd               numeric,
    unpriced_tokens        amount NOT NULL,
    last_upload_at         timestamptz NOT NULL,
    top_tools              jsonb NOT NULL DEFAULT '{}',
    computed_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, stat_date)
);
CREATE INDEX daily_stats_by_day ON daily_stats (stat_date, user_id);

-- Sessions, messages and time count at the session's main model; tokens and cost at the model that used them.
CREATE TABLE daily_usage (
    user_id               bigint NOT NULL REFERENCES users ON DELETE CASCADE,
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
CREATE INDEX daily_usage_by_day ON daily_usage (stat_date);

CREATE TABLE daily_tools (
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
CREATE INDEX daily_tools_by_day ON daily_tools (stat_date);

CREATE TABLE daily_hours (
    user_id       bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    stat_date     date NOT NULL,
    project_name  text NOT NULL,
    model         text NOT NULL,
    hour          smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    session_count amount NOT NULL,
    PRIMARY KEY (user_id, stat_date, project_name, model, hour)
);
CREATE INDEX daily_hours_by_day ON daily_hours (stat_date);

-- The same days without people, for the view everybody opens: a year of a thousand people stays a few thousand rows.
CREATE TABLE team_usage (
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
    PRIMARY KEY (stat_date, project_name, model)
);

CREATE TABLE team_tools (
    stat_date        date NOT NULL,
    project_name     text NOT NULL,
    tool_name        text NOT NULL,
    call_count       amount NOT NULL,
    success_count    amount NOT NULL,
    error_count      amount NOT NULL,
    unreported_count amount NOT NULL,
    PRIMARY KEY (stat_date, project_name, tool_name)
);

CREATE TABLE team_hours (
    stat_date     date NOT NULL,
    project_name  text NOT NULL,
    model         text NOT NULL,
    hour          smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    session_count amount NOT NULL,
    PRIMARY KEY (stat_date, project_name, model, hour)
);

-- One row: the zone whose days the rollups are, and when they last changed.
CREATE TABLE rollup_state (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    time_zone  text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
