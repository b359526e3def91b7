-- Daily usage of the whole team: sums of the daily usage of all users. A page about the team reads a few thousand of these
-- rows for a year, whatever the number of users.
--
-- Each table holds its sums at several grains. by_project is true where a row counts one project; where it is false, the
-- row counts all projects and project_name is ''. by_model does the same for the model. Each grain has a partition of its
-- own, because the coarse grains are read often and as a whole.

-- One row per day, project and model, at four grains.
CREATE TABLE team_usage (
    by_project            boolean NOT NULL,
    by_model              boolean NOT NULL,
    project_name          text NOT NULL CHECK (by_project OR project_name = ''),
    model                 text NOT NULL CHECK (by_model OR model = ''),
    stat_date             date NOT NULL,
    -- Distinct users: a sum over the finer grains would count a user several times.
    active_users          amount NOT NULL,
    session_count         amount NOT NULL,
    total_messages        amount NOT NULL,
    duration_seconds      amount NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    -- US dollars for all tokens with a known price; NULL: no price is known.
    cost_usd              numeric,
    unpriced_tokens       amount NOT NULL,
    PRIMARY KEY (by_project, by_model, project_name, model, stat_date)
) PARTITION BY RANGE (by_project, by_model);
CREATE TABLE team_usage_whole PARTITION OF team_usage FOR VALUES FROM (false, false) TO (false, true);
CREATE TABLE team_usage_by_model PARTITION OF team_usage FOR VALUES FROM (false, true) TO (true, false);
CREATE TABLE team_usage_by_project PARTITION OF team_usage FOR VALUES FROM (true, false) TO (true, true);
CREATE TABLE team_usage_by_both PARTITION OF team_usage FOR VALUES FROM (true, true) TO (true, MAXVALUE);
-- Finds the rows of recomputed days and of a period without a filter.
CREATE INDEX team_usage_by_day ON team_usage (stat_date);

-- One row per day, project and tool, at two grains.
CREATE TABLE team_tools (
    by_project       boolean NOT NULL,
    project_name     text NOT NULL CHECK (by_project OR project_name = ''),
    tool_name        text NOT NULL,
    stat_date        date NOT NULL,
    call_count       amount NOT NULL,
    success_count    amount NOT NULL,
    error_count      amount NOT NULL,
    -- Calls whose outcome was not reported.
    unreported_count amount NOT NULL,
    PRIMARY KEY (by_project, project_name, tool_name, stat_date)
) PARTITION BY LIST (by_project);
CREATE TABLE team_tools_whole PARTITION OF team_tools FOR VALUES IN (false);
CREATE TABLE team_tools_by_project PARTITION OF team_tools FOR VALUES IN (true);
-- Finds the rows of recomputed days and of a period without a filter.
CREATE INDEX team_tools_by_day ON team_tools (stat_date);

-- One row per day, project, model and hour with the number of sessions that started in that hour, at four grains.
CREATE TABLE team_hours (
    by_project    boolean NOT NULL,
    by_model      boolean NOT NULL,
    project_name  text NOT NULL CHECK (by_project OR project_name = ''),
    model         text NOT NULL CHECK (by_model OR model = ''),
    -- In the team's time zone.
    hour          smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    stat_date     date NOT NULL,
    session_count amount NOT NULL,
    PRIMARY KEY (by_project, by_model, project_name, model, hour, stat_date)
) PARTITION BY RANGE (by_project, by_model);
CREATE TABLE team_hours_whole PARTITION OF team_hours FOR VALUES FROM (false, false) TO (false, true);
CREATE TABLE team_hours_by_model PARTITION OF team_hours FOR VALUES FROM (false, true) TO (true, false);
CREATE TABLE team_hours_by_project PARTITION OF team_hours FOR VALUES FROM (true, false) TO (true, true);
CREATE TABLE team_hours_by_both PARTITION OF team_hours FOR VALUES FROM (true, true) TO (true, MAXVALUE);
-- Finds the rows of recomputed days and of a period without a filter.
CREATE INDEX team_hours_by_day ON team_hours (stat_date);
