-- Days recomputed whole: what is marked is read from the sessions, and written over what was there.
-- Sessions whose rows are gone count with the sums they left (retention.sql).
-- A session's team day is (started_at AT TIME ZONE zone)::date, here as in the marks, the exports and the checks. The range
-- beside it is for the index, and wider: where a clock is set back over midnight, there are two midnights.

-- name: lock_rollups
-- One recomputation at a time, so the people-free days are sums of finished ones.
SELECT pg_advisory_xact_lock(715003);

-- name: has_dirty_days
SELECT EXISTS (SELECT FROM dirty_days) AS waiting;

-- name: has_dirty_days_between
SELECT EXISTS (SELECT FROM dirty_days WHERE stat_date BETWEEN %(first)s AND %(last)s) AS marked;

-- name: take_dirty_days
-- Take the day that has waited longest first, and its people together: what the team did on it is then summed up once for
-- all of them. So many days of each person have their turn before any more of anybody's: whoever changes thousands keeps
-- nobody waiting. All marks of what is taken go; a mark set from here on is a new one and stays.
WITH marked AS (
    SELECT user_id, stat_date, min(mark) AS mark FROM dirty_days GROUP BY user_id, stat_date
), own AS (
    SELECT user_id, stat_date, mark, (row_number() OVER (PARTITION BY user_id ORDER BY mark) - 1) / %(a_turn)s AS turn FROM marked
), turns AS (
    SELECT user_id, stat_date, mark, min(turn) OVER day AS turn, min(mark) OVER day AS first_mark
    FROM own WINDOW day AS (PARTITION BY stat_date)
), taken AS (
    DELETE FROM dirty_days
    WHERE (user_id, stat_date) IN (SELECT user_id, stat_date FROM turns ORDER BY turn, first_mark, mark LIMIT %(limit)s)
    RETURNING user_id, stat_date
)
SELECT DISTINCT user_id, stat_date FROM taken ORDER BY user_id, stat_date;

-- name: rollup_sessions
-- The sessions that began on these days, with their local hour, beside the sums of those whose rows are gone.
SELECT sessions.user_id, day.stat_date,
       coalesce(sessions.project_name, '') AS project_name,
       coalesce(sessions.model, '') AS model,
       extract(hour FROM sessions.started_at AT TIME ZONE %(zone)s)::integer AS hour,
       1::bigint AS session_count,
       sessions.total_messages, coalesce(sessions.duration_seconds, 0) AS duration_seconds,
       sessions.imported_at
FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
JOIN sessions ON sessions.user_id = day.user_id
    AND sessions.started_at >= day.stat_date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
    AND sessions.started_at < (day.stat_date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
    AND (sessions.started_at AT TIME ZONE %(zone)s)::date = day.stat_date
UNION ALL
SELECT user_id, stat_date, project_name, model, hour::integer, session_count::bigint, total_messages::bigint,
       duration_seconds::bigint, last_upload_at
FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
JOIN archived_days USING (user_id, stat_date);

-- name: rollup_models
-- Tokens and cost of the same sessions by the model that used them.
SELECT sessions.user_id, day.stat_date, coalesce(sessions.project_name, '') AS project_name, used.model,
       used.tokens_in::bigint AS tokens_in, used.tokens_out::bigint AS tokens_out,
       used.cache_read_tokens::bigint AS cache_read_tokens,
       used.cache_creation_tokens::bigint AS cache_creation_tokens,
       used.cost_usd
FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
JOIN sessions ON sessions.user_id = day.user_id
    AND sessions.started_at >= day.stat_date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
    AND sessions.started_at < (day.stat_date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
    AND (sessions.started_at AT TIME ZONE %(zone)s)::date = day.stat_date
JOIN session_models AS used ON used.user_id = sessions.user_id AND used.session_id = sessions.session_id
UNION ALL
SELECT user_id, stat_date, project_name, model, tokens_in::bigint, tokens_out::bigint, cache_read_tokens::bigint,
       cache_creation_tokens::bigint, cost_usd
FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
JOIN archived_models USING (user_id, stat_date);

-- name: rollup_tools
-- Tool calls of the same sessions, summed by tool; an outcome that was not reported counts apart.
SELECT sessions.user_id, day.stat_date, coalesce(sessions.project_name, '') AS project_name, used.tool_name,
       sum(used.call_count)::bigint AS call_count,
       coalesce(sum(used.success_count), 0)::bigint AS success_count,
       coalesce(sum(used.error_count), 0)::bigint AS error_count,
       sum(used.call_count - coalesce(used.success_count + used.error_count, 0))::bigint AS unreported_count
FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
JOIN sessions ON sessions.user_id = day.user_id
    AND sessions.started_at >= day.stat_date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
    AND sessions.started_at < (day.stat_date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
    AND (sessions.started_at AT TIME ZONE %(zone)s)::date = day.stat_date
JOIN tool_usage AS used ON used.user_id = sessions.user_id AND used.session_id = sessions.session_id
GROUP BY sessions.user_id, day.stat_date, sessions.project_name, used.tool_name
UNION ALL
SELECT user_id, stat_date, project_name, tool_name, call_count::bigint, success_count::bigint, error_count::bigint,
       unreported_count::bigint
FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
JOIN archived_tools USING (user_id, stat_date);

-- name: daily_clear_stats
DELETE FROM daily_stats
WHERE (user_id, stat_date) IN (SELECT * FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]));

-- name: daily_clear_usage
DELETE FROM daily_usage
WHERE (user_id, stat_date) IN (SELECT * FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]));

-- name: daily_clear_tools
DELETE FROM daily_tools
WHERE (user_id, stat_date) IN (SELECT * FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]));

-- name: daily_clear_hours
DELETE FROM daily_hours
WHERE (user_id, stat_date) IN (SELECT * FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]));

-- name: daily_write_stats
INSERT INTO daily_stats (
    user_id, stat_date, session_count, total_messages, total_tokens_in, total_tokens_out, cache_read_tokens,
    cache_creation_tokens, total_duration_seconds, cost_usd, unpriced_tokens, last_upload_at, top_tools,
    calls_succeeded, calls_failed
)
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS day (
    user_id bigint, stat_date date, session_count bigint, total_messages bigint, tokens_in bigint,
    tokens_out bigint, cache_read_tokens bigint, cache_creation_tokens bigint, duration_seconds bigint,
    cost_usd numeric, unpriced_tokens bigint, last_upload_at timestamptz, top_tools jsonb,
    calls_succeeded bigint, calls_failed bigint
);

-- name: daily_write_usage
INSERT INTO daily_usage (
    user_id, stat_date, project_name, model, session_count, total_messages, duration_seconds, tokens_in,
    tokens_out, cache_read_tokens, cache_creation_tokens, cost_usd, unpriced_tokens
)
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS day (
    user_id bigint, stat_date date, project_name text, model text, session_count bigint, total_messages bigint,
    duration_seconds bigint, tokens_in bigint, tokens_out bigint, cache_read_tokens bigint,
    cache_creation_tokens bigint, cost_usd numeric, unpriced_tokens bigint
);

-- name: daily_write_tools
INSERT INTO daily_tools (
    user_id, stat_date, project_name, tool_name, call_count, success_count, error_count, unreported_count
)
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS day (
    user_id bigint, stat_date date, project_name text, tool_name text, call_count bigint, success_count bigint,
    error_count bigint, unreported_count bigint
);

-- name: daily_write_hours
INSERT INTO daily_hours (user_id, stat_date, project_name, model, hour, session_count)
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS day (
    user_id bigint, stat_date date, project_name text, model text, hour smallint, session_count bigint
);

-- name: team_usage_recompute
-- The days without people: sums of what the people's days say now, at every grain that is looked at.
DELETE FROM team_usage WHERE stat_date = ANY (%(days)s::date[]);
INSERT INTO team_usage
SELECT GROUPING(project_name) = 0, GROUPING(model) = 0, coalesce(project_name, ''), coalesce(model, ''), stat_date,
       count(DISTINCT user_id), sum(session_count), sum(total_messages), sum(duration_seconds), sum(tokens_in),
       sum(tokens_out), sum(cache_read_tokens), sum(cache_creation_tokens), sum(cost_usd), sum(unpriced_tokens)
FROM daily_usage WHERE stat_date = ANY (%(days)s::date[])
GROUP BY stat_date, CUBE (project_name, model);

-- name: team_months_recompute
DELETE FROM team_months WHERE month IN (SELECT date_trunc('month', day::timestamp)::date FROM unnest(%(days)s::date[]) AS day);
INSERT INTO team_months
SELECT month, project_name, sum(session_count), sum(tokens_in + tokens_out)
FROM (SELECT DISTINCT date_trunc('month', day::timestamp)::date AS month FROM unnest(%(days)s::date[]) AS day) AS touched
JOIN team_usage ON stat_date >= month AND stat_date < month + interval '1 month'
WHERE by_project AND NOT by_model
GROUP BY month, project_name;

-- name: team_tools_recompute
DELETE FROM team_tools WHERE stat_date = ANY (%(days)s::date[]);
INSERT INTO team_tools
SELECT GROUPING(project_name) = 0, coalesce(project_name, ''), tool_name, stat_date, sum(call_count),
       sum(success_count), sum(error_count), sum(unreported_count)
FROM daily_tools WHERE stat_date = ANY (%(days)s::date[])
GROUP BY stat_date, tool_name, CUBE (project_name);

-- name: team_hours_recompute
DELETE FROM team_hours WHERE stat_date = ANY (%(days)s::date[]);
INSERT INTO team_hours
SELECT GROUPING(project_name) = 0, GROUPING(model) = 0, coalesce(project_name, ''), coalesce(model, ''), hour, stat_date,
       sum(session_count)
FROM daily_hours WHERE stat_date = ANY (%(days)s::date[])
GROUP BY stat_date, hour, CUBE (project_name, model);

-- name: monthly_stats_recompute
-- The months of people that these days lie in: sums of what their days say now, changed in place.
MERGE INTO monthly_stats AS stored
USING (
    SELECT touched.user_id, month, count(stat_date) AS active_days, sum(session_count) AS session_count,
           sum(total_tokens_in) AS tokens_in, sum(total_tokens_out) AS tokens_out,
           sum(cache_read_tokens) AS cache_read_tokens, sum(cache_creation_tokens) AS cache_creation_tokens,
           sum(calls_succeeded) AS calls_succeeded, sum(calls_failed) AS calls_failed, max(last_upload_at) AS last_upload_at
    FROM (
        SELECT DISTINCT user_id, date_trunc('month', stat_date::timestamp)::date AS month
        FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
    ) AS touched
    LEFT JOIN daily_stats AS day
        ON day.user_id = touched.user_id AND stat_date >= month AND stat_date < month + interval '1 month'
    GROUP BY touched.user_id, month
) AS summed ON stored.user_id = summed.user_id AND stored.month = summed.month
WHEN MATCHED AND summed.active_days = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET
    active_days = summed.active_days, session_count = summed.session_count,
    tokens_in = summed.tokens_in, tokens_out = summed.tokens_out,
    cache_read_tokens = summed.cache_read_tokens, cache_creation_tokens = summed.cache_creation_tokens,
    calls_succeeded = summed.calls_succeeded, calls_failed = summed.calls_failed, last_upload_at = summed.last_upload_at
WHEN NOT MATCHED AND summed.active_days > 0 THEN INSERT
    (user_id, month, active_days, session_count, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens,
     calls_succeeded, calls_failed, last_upload_at)
    VALUES (summed.user_id, summed.month, summed.active_days, summed.session_count, summed.tokens_in, summed.tokens_out,
            summed.cache_read_tokens, summed.cache_creation_tokens, summed.calls_succeeded, summed.calls_failed,
            summed.last_upload_at);

-- name: monthly_usage_recompute
DELETE FROM monthly_usage
WHERE (user_id, month) IN (
    SELECT user_id, date_trunc('month', stat_date::timestamp)::date
    FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date));
INSERT INTO monthly_usage
SELECT user_id, month, project_name, model, sum(session_count), sum(tokens_in), sum(tokens_out), sum(cache_read_tokens),
       sum(cache_creation_tokens), sum(cost_usd), sum(unpriced_tokens)
FROM (
    SELECT DISTINCT user_id, date_trunc('month', stat_date::timestamp)::date AS month
    FROM unnest(%(user_ids)s::bigint[], %(days)s::date[]) AS day (user_id, stat_date)
) AS touched
JOIN daily_usage USING (user_id)
WHERE stat_date >= month AND stat_date < month + interval '1 month'
GROUP BY user_id, month, project_name, model;

-- name: rollups_note_change
-- Open pages ask for this one row to learn that there is something new.
UPDATE rollup_state SET changed_at = clock_timestamp();

-- name: fetch_rollup_zone
SELECT time_zone FROM rollup_state;

-- name: require_zone
-- Refused for a name that PostgreSQL has no rules for.
SELECT now() AT TIME ZONE %(zone)s AS team_clock;

-- name: rollups_zone_set
INSERT INTO rollup_state (time_zone) VALUES (%(zone)s)
ON CONFLICT (only_row) DO UPDATE SET time_zone = excluded.time_zone, changed_at = clock_timestamp();

-- name: rollups_empty
-- Days of another zone are no days of ours.
TRUNCATE daily_stats, daily_usage, daily_tools, daily_hours, team_usage, team_months, team_tools, team_hours,
         monthly_stats, monthly_usage;

-- name: days_mark_all_dirty
-- What is left of sessions whose rows are gone stays on the day it was counted on, whatever the zone.
-- Day by day, the newest first: what is recomputed together then touches few of the days without people.
INSERT INTO dirty_days (user_id, stat_date)
SELECT user_id, (started_at AT TIME ZONE %(zone)s)::date AS stat_date FROM sessions
UNION
SELECT user_id, stat_date FROM archived_days
ORDER BY stat_date DESC;

-- name: mark_days_dirty_between
-- Everything a period holds or held: days of sessions, and days that still stand in the rollups.
INSERT INTO dirty_days (user_id, stat_date)
SELECT user_id, (started_at AT TIME ZONE %(zone)s)::date AS stat_date FROM sessions
WHERE started_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
  AND started_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
  AND (started_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
UNION
SELECT user_id, stat_date FROM daily_stats WHERE stat_date BETWEEN %(first)s AND %(last)s;
