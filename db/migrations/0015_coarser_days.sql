-- Every view reads rows that are as coarse as itself: how many sessions there were makes no difference to it.

-- The days without people, and their sums over all projects, all models, or both: where by_project is false, a row counts
-- every project and its project_name is ''. Each grain lies by itself, since the coarse ones are read often and whole.
DROP TABLE team_usage, team_tools, team_hours;

CREATE TABLE team_usage (
    by_project            boolean NOT NULL,
    by_model              boolean NOT NULL,
    project_name          text NOT NULL CHECK (by_project OR project_name = ''),
    model                 text NOT NULL CHECK (by_model OR model = ''),
    stat_date             date NOT NULL,
    active_users          amount NOT NULL,
    session_count         amount NOT NULL,
    total_messages        amount NOT NULL,
    duration_seconds      amount NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    cost_usd              numeric,
    unpriced_tokens       amount NOT NULL,
    PRIMARY KEY (by_project, by_model, project_name, model, stat_date)
) PARTITION BY RANGE (by_project, by_model);
CREATE TABLE team_usage_whole PARTITION OF team_usage FOR VALUES FROM (false, false) TO (false, true);
CREATE TABLE team_usage_by_model PARTITION OF team_usage FOR VALUES FROM (false, true) TO (true, false);
CREATE TABLE team_usage_by_project PARTITION OF team_usage FOR VALUES FROM (true, false) TO (true, true);
CREATE TABLE team_usage_by_both PARTITION OF team_usage FOR VALUES FROM (true, true) TO (true, MAXVALUE);
CREATE INDEX team_usage_by_day ON team_usage (stat_date);

CREATE TABLE team_tools (
    by_project       boolean NOT NULL,
    project_name     text NOT NULL CHECK (by_project OR project_name = ''),
    tool_name        text NOT NULL,
    stat_date        date NOT NULL,
    call_count       amount NOT NULL,
    success_count    amount NOT NULL,
    error_count      amount NOT NULL,
    unreported_count amount NOT NULL,
    PRIMARY KEY (by_project, project_name, tool_name, stat_date)
) PARTITION BY LIST (by_project);
CREATE TABLE team_tools_whole PARTITION OF team_tools FOR VALUES IN (false);
CREATE TABLE team_tools_by_project PARTITION OF team_tools FOR VALUES IN (true);
CREATE INDEX team_tools_by_day ON team_tools (stat_date);

CREATE TABLE team_hours (
    by_project    boolean NOT NULL,
    by_model      boolean NOT NULL,
    project_name  text NOT NULL CHECK (by_project OR project_name = ''),
    model         text NOT NULL CHECK (by_model OR model = ''),
    hour          smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    stat_date     date NOT NULL,
    session_count amount NOT NULL,
    PRIMARY KEY (by_project, by_model, project_name, model, hour, stat_date)
) PARTITION BY RANGE (by_project, by_model);
CREATE TABLE team_hours_whole PARTITION OF team_hours FOR VALUES FROM (false, false) TO (false, true);
CREATE TABLE team_hours_by_model PARTITION OF team_hours FOR VALUES FROM (false, true) TO (true, false);
CREATE TABLE team_hours_by_project PARTITION OF team_hours FOR VALUES FROM (true, false) TO (true, true);
CREATE TABLE team_hours_by_both PARTITION OF team_hours FOR VALUES FROM (true, true) TO (true, MAXVALUE);
CREATE INDEX team_hours_by_day ON team_hours (stat_date);

INSERT INTO team_usage
SELECT GROUPING(project_name) = 0, GROUPING(model) = 0, coalesce(project_name, ''), coalesce(model, ''), stat_date,
       count(DISTINCT user_id), sum(session_count), sum(total_messages), sum(duration_seconds), sum(tokens_in),
       sum(tokens_out), sum(cache_read_tokens), sum(cache_creation_tokens), sum(cost_usd), sum(unpriced_tokens)
FROM daily_usage
GROUP BY stat_date, CUBE (project_name, model);

INSERT INTO team_tools
SELECT GROUPING(project_name) = 0, coalesce(project_name, ''), tool_name, stat_date, sum(call_count),
       sum(success_count), sum(error_count), sum(unreported_count)
FROM daily_tools
GROUP BY stat_date, tool_name, CUBE (project_name);

INSERT INTO team_hours
SELECT GROUPING(project_name) = 0, GROUPING(model) = 0, coalesce(project_name, ''), coalesce(model, ''), hour, stat_date,
       sum(session_count)
FROM daily_hours
GROUP BY stat_date, hour, CUBE (project_name, model);

-- The team's months by project: there may be hundreds of projects.
CREATE TABLE team_months (
    month         date NOT NULL CHECK (extract(day FROM month) = 1),
    project_name  text NOT NULL,
    session_count amount NOT NULL,
    tokens        amount NOT NULL,
    PRIMARY KEY (month, project_name)
);
INSERT INTO team_months
SELECT date_trunc('month', stat_date::timestamp)::date AS month, project_name, sum(session_count), sum(tokens_in + tokens_out)
FROM team_usage WHERE by_project AND NOT by_model GROUP BY month, project_name;

-- Days at the ends of a period are read by the hundreds of people: from the index alone.
DROP INDEX daily_stats_by_day;
CREATE INDEX daily_stats_by_day ON daily_stats (stat_date, user_id)
    INCLUDE (session_count, total_tokens_in, total_tokens_out, last_upload_at);

-- The months of people: twelve rows where their days are hundreds.
CREATE TABLE monthly_stats (
    user_id               bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    month                 date NOT NULL CHECK (extract(day FROM month) = 1),
    active_days           amount NOT NULL,
    session_count         amount NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    calls_succeeded       amount NOT NULL,
    calls_failed          amount NOT NULL,
    last_upload_at        timestamptz NOT NULL,
    PRIMARY KEY (user_id, month)
);

-- Stands and falls with monthly_stats, as the finer days do with daily_stats.
CREATE TABLE monthly_usage (
    user_id               bigint NOT NULL,
    month                 date NOT NULL CHECK (extract(day FROM month) = 1),
    project_name          text NOT NULL,
    model                 text NOT NULL,
    session_count         amount NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    cost_usd              numeric,
    unpriced_tokens       amount NOT NULL,
    PRIMARY KEY (user_id, month, project_name, model)
);

INSERT INTO monthly_stats
SELECT user_id, date_trunc('month', stat_date::timestamp)::date AS month, count(*), sum(session_count),
       sum(total_tokens_in), sum(total_tokens_out), sum(cache_read_tokens), sum(cache_creation_tokens),
       sum(calls_succeeded), sum(calls_failed), max(last_upload_at)
FROM daily_stats GROUP BY user_id, month;

INSERT INTO monthly_usage
SELECT user_id, date_trunc('month', stat_date::timestamp)::date AS month, project_name, model, sum(session_count),
       sum(tokens_in), sum(tokens_out), sum(cache_read_tokens), sum(cache_creation_tokens), sum(cost_usd),
       sum(unpriced_tokens)
FROM daily_usage GROUP BY user_id, month, project_name, model;

-- What people did in a period, of any length: the whole months in it as such, and the days before and after those.
-- Written to be taken apart by the planner, so that a condition on a person reads that person's rows only.
CREATE FUNCTION stats_between(first date, last date) RETURNS TABLE (
    user_id bigint, active_days bigint, session_count bigint, tokens_in bigint, tokens_out bigint,
    cache_read_tokens bigint, cache_creation_tokens bigint, calls_succeeded bigint, calls_failed bigint,
    last_upload_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT user_id, active_days::bigint, session_count::bigint, tokens_in::bigint, tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint,
           last_upload_at
    FROM monthly_stats
    WHERE month >= first AND month < date_trunc('month', last + interval '1 day')::date
    UNION ALL
    SELECT user_id, 1::bigint, session_count::bigint, total_tokens_in::bigint, total_tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint,
           last_upload_at
    FROM daily_stats
    WHERE stat_date BETWEEN first AND least(last, (date_trunc('month', first - interval '1 day') + interval '1 month - 1 day')::date)
    UNION ALL
    SELECT user_id, 1::bigint, session_count::bigint, total_tokens_in::bigint, total_tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint,
           last_upload_at
    FROM daily_stats
    WHERE stat_date BETWEEN greatest(date_trunc('month', first - interval '1 day') + interval '1 month',
                                     date_trunc('month', last + interval '1 day'))::date AND last
$$;

CREATE FUNCTION usage_between(first date, last date) RETURNS TABLE (
    user_id bigint, project_name text, model text, session_count bigint, tokens_in bigint, tokens_out bigint,
    cache_read_tokens bigint, cache_creation_tokens bigint, cost_usd numeric, unpriced_tokens bigint
) LANGUAGE sql STABLE AS $$
    SELECT user_id, project_name, model, session_count::bigint, tokens_in::bigint, tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, cost_usd, unpriced_tokens::bigint
    FROM monthly_usage
    WHERE month >= first AND month < date_trunc('month', last + interval '1 day')::date
    UNION ALL
    SELECT user_id, project_name, model, session_count::bigint, tokens_in::bigint, tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, cost_usd, unpriced_tokens::bigint
    FROM daily_usage
    WHERE stat_date BETWEEN first AND least(last, (date_trunc('month', first - interval '1 day') + interval '1 month - 1 day')::date)
       OR stat_date BETWEEN greatest(date_trunc('month', first - interval '1 day') + interval '1 month',
                                     date_trunc('month', last + interval '1 day'))::date AND last
$$;

CREATE FUNCTION projects_between(first date, last date) RETURNS TABLE (
    project_name text, session_count bigint, tokens bigint
) LANGUAGE sql STABLE AS $$
    SELECT project_name, session_count::bigint, tokens::bigint
    FROM team_months
    WHERE month >= first AND month < date_trunc('month', last + interval '1 day')::date
    UNION ALL
    SELECT project_name, session_count::bigint, tokens_in + tokens_out
    FROM team_usage
    WHERE by_project AND NOT by_model
      AND (stat_date BETWEEN first AND least(last, (date_trunc('month', first - interval '1 day') + interval '1 month - 1 day')::date)
           OR stat_date BETWEEN greatest(date_trunc('month', first - interval '1 day') + interval '1 month',
                                         date_trunc('month', last + interval '1 day'))::date AND last)
$$;
