-- Monthly usage: sums of the daily usage by calendar month, and functions that read a period of any length from months
-- and days. A month is stored as its first day.

-- One row per user and month with a session. Twelve rows replace the hundreds of days of a year.
CREATE TABLE monthly_stats (
    user_id               bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    month                 date NOT NULL CHECK (extract(day FROM month) = 1),
    -- Days with a session.
    active_days           amount NOT NULL,
    session_count         amount NOT NULL,
    tokens_in             amount NOT NULL,
    tokens_out            amount NOT NULL,
    cache_read_tokens     amount NOT NULL,
    cache_creation_tokens amount NOT NULL,
    -- Outcomes of tool calls.
    calls_succeeded       amount NOT NULL,
    calls_failed          amount NOT NULL,
    last_upload_at        timestamptz NOT NULL,
    PRIMARY KEY (user_id, month)
);
-- A month changes with each of its days. Free space in the page keeps the changed row there, without new index entries.
ALTER TABLE monthly_stats SET (fillfactor = 70);
-- Finds a month of all users. It includes no figures, because each change of one would add an index entry.
CREATE INDEX monthly_stats_by_month ON monthly_stats (month);

-- One row per user, month, project and model. As with daily_usage, there is no foreign key to users; the statement that
-- deletes an account names the table.
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
    -- US dollars for all tokens with a known price; NULL: no price is known.
    cost_usd              numeric,
    unpriced_tokens       amount NOT NULL,
    PRIMARY KEY (user_id, month, project_name, model)
);

-- One row per month and project for the whole team. With hundreds of projects, the single days of a year would be too
-- many rows to read for a page.
CREATE TABLE team_months (
    month         date NOT NULL CHECK (extract(day FROM month) = 1),
    project_name  text NOT NULL,
    session_count amount NOT NULL,
    -- tokens_in and tokens_out together, without cache tokens.
    tokens        amount NOT NULL,
    PRIMARY KEY (month, project_name)
);

-- The functions stats_between, usage_between and projects_between return the rows of a period, last day included: its
-- whole months, and the single days before the first and after the last of them. The caller sums the rows.
-- All functions of this file are plain SQL that the planner inlines, so a condition on user_id reads only that user's rows.

-- The rows of monthly_stats and daily_stats. Use sums_between where last_upload_at is not needed: it reads fewer days.
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

-- The rows of monthly_usage and daily_usage.
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

-- The rows of team_months and team_usage.
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

-- The first day of the month that contains the day, or of the next month, whichever is fewer days away. Days after
-- today hold no data and do not count.
CREATE FUNCTION nearest_month(day date) RETURNS date LANGUAGE sql STABLE
RETURN (date_trunc('month', day::timestamp)
        + CASE WHEN day - date_trunc('month', day::timestamp)::date
                    <= least((date_trunc('month', day::timestamp) + interval '1 month')::date, current_date + 1) - day
          THEN interval '0' ELSE interval '1 month' END)::date;

-- The first month that sums_between reads. If the period has no such month, this function and months_until both return
-- its first day, and all of the period is read from days.
CREATE FUNCTION months_since(first date, last date) RETURNS date LANGUAGE sql STABLE
RETURN CASE WHEN nearest_month(first) < nearest_month(last + 1) THEN nearest_month(first) ELSE first END;

-- The month before which sums_between stops reading months.
CREATE FUNCTION months_until(first date, last date) RETURNS date LANGUAGE sql STABLE
RETURN CASE WHEN nearest_month(first) < nearest_month(last + 1) THEN nearest_month(last + 1) ELSE first END;

-- The rows of monthly_stats and daily_stats, as stats_between returns them, but with the months that begin nearest to
-- both ends of the period: days that those months lack are added, and days that they have in excess are returned with
-- negative figures. The caller sums the rows; a user whose session_count sums to 0 was not active in the period.
CREATE FUNCTION sums_between(first date, last date) RETURNS TABLE (
    user_id bigint, active_days bigint, session_count bigint, tokens_in bigint, tokens_out bigint,
    cache_read_tokens bigint, cache_creation_tokens bigint, calls_succeeded bigint, calls_failed bigint
) LANGUAGE sql STABLE AS $$
    SELECT user_id, active_days::bigint, session_count::bigint, tokens_in::bigint, tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM monthly_stats
    WHERE month >= months_since(first, last) AND month < months_until(first, last)
    UNION ALL
    SELECT user_id, 1::bigint, session_count::bigint, total_tokens_in::bigint, total_tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM daily_stats
    WHERE stat_date >= first AND stat_date < months_since(first, last)
    UNION ALL
    SELECT user_id, -1::bigint, -session_count::bigint, -total_tokens_in::bigint, -total_tokens_out::bigint,
           -cache_read_tokens::bigint, -cache_creation_tokens::bigint, -calls_succeeded::bigint, -calls_failed::bigint
    FROM daily_stats
    WHERE stat_date >= months_since(first, last) AND stat_date < first
    UNION ALL
    SELECT user_id, 1::bigint, session_count::bigint, total_tokens_in::bigint, total_tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM daily_stats
    WHERE stat_date >= months_until(first, last) AND stat_date <= last
    UNION ALL
    SELECT user_id, -1::bigint, -session_count::bigint, -total_tokens_in::bigint, -total_tokens_out::bigint,
           -cache_read_tokens::bigint, -cache_creation_tokens::bigint, -calls_succeeded::bigint, -calls_failed::bigint
    FROM daily_stats
    WHERE stat_date > last AND stat_date < months_until(first, last)
$$;
