-- What people look at: every statement reads rollups only, so it costs days, never sessions.
-- A person's filter reads the days of people; everything else the days without people.

-- name: team_days
WITH figures AS (
    SELECT stat_date, sum(session_count) AS session_count, sum(total_messages) AS total_messages,
           sum(duration_seconds) AS duration_seconds, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out,
           sum(cache_read_tokens) AS cache_read_tokens, sum(cache_creation_tokens) AS cache_creation_tokens,
           sum(cost_usd) AS cost_usd, sum(unpriced_tokens) AS unpriced_tokens
    FROM team_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND %(user_id)s::bigint IS NULL
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
    GROUP BY stat_date
    UNION ALL
    SELECT stat_date, sum(session_count), sum(total_messages), sum(duration_seconds), sum(tokens_in), sum(tokens_out),
           sum(cache_read_tokens), sum(cache_creation_tokens), sum(cost_usd), sum(unpriced_tokens)
    FROM daily_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND user_id = %(user_id)s::bigint
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
    GROUP BY stat_date
), people AS (
    SELECT stat_date, count(*) AS active_users FROM daily_stats
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND %(project)s::text IS NULL AND %(model)s::text IS NULL
      AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
    GROUP BY stat_date
    UNION ALL
    SELECT stat_date, count(DISTINCT user_id) FROM daily_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND (%(project)s::text IS NOT NULL OR %(model)s::text IS NOT NULL)
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
      AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
    GROUP BY stat_date
)
SELECT day::date AS stat_date,
       coalesce(people.active_users, 0) AS active_users,
       coalesce(figures.session_count, 0)::bigint AS session_count,
       coalesce(figures.total_messages, 0)::bigint AS total_messages,
       coalesce(figures.duration_seconds, 0)::bigint AS duration_seconds,
       coalesce(figures.tokens_in, 0)::bigint AS tokens_in,
       coalesce(figures.tokens_out, 0)::bigint AS tokens_out,
       coalesce(figures.cache_read_tokens, 0)::bigint AS cache_read_tokens,
       coalesce(figures.cache_creation_tokens, 0)::bigint AS cache_creation_tokens,
       figures.cost_usd,
       coalesce(figures.unpriced_tokens, 0)::bigint AS unpriced_tokens
FROM generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, interval '1 day') AS day
LEFT JOIN figures ON figures.stat_date = day::date
LEFT JOIN people ON people.stat_date = day::date
ORDER BY day;

-- name: team_people
-- Distinct people over the whole period, which no sum of days can tell.
SELECT count(DISTINCT user_id) AS active_users FROM daily_stats
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND %(project)s::text IS NULL AND %(model)s::text IS NULL
  AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s);

-- name: team_people_filtered
SELECT count(DISTINCT user_id) AS active_users FROM daily_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
  AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s);

-- name: model_days
SELECT stat_date, model, sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out
FROM team_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY stat_date, model
ORDER BY stat_date, model;

-- name: model_days_of_person
SELECT stat_date, model, sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out
FROM daily_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY stat_date, model
ORDER BY stat_date, model;

-- name: tool_totals
-- Most calls first; equal counts by name, so the list never jumps.
SELECT tool_name, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
       sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
FROM team_tools
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
GROUP BY tool_name
ORDER BY call_count DESC, tool_name
LIMIT %(limit)s;

-- name: tool_totals_of_person
SELECT tool_name, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
       sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
FROM daily_tools
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
GROUP BY tool_name
ORDER BY call_count DESC, tool_name
LIMIT %(limit)s;

-- name: leaderboard
-- Only people who take part.
SELECT row_number() OVER (ORDER BY sum(total_tokens_in + total_tokens_out) DESC, username) AS rank,
       user_id, username, sum(session_count)::bigint AS session_count,
       sum(total_tokens_in + total_tokens_out)::bigint AS total_tokens
FROM daily_stats JOIN users USING (user_id)
WHERE stat_date BETWEEN %(first)s AND %(last)s AND show_in_leaderboard AND active
  AND (SELECT leaderboard_on FROM team_settings)
GROUP BY user_id, username
ORDER BY rank
LIMIT %(limit)s;

-- name: project_totals
SELECT project_name, sum(session_count)::bigint AS session_count, sum(tokens_in + tokens_out)::bigint AS tokens
FROM team_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY project_name
ORDER BY tokens DESC, project_name
LIMIT %(limit)s;

-- name: project_totals_of_person
SELECT project_name, sum(session_count)::bigint AS session_count, sum(tokens_in + tokens_out)::bigint AS tokens
FROM daily_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY project_name
ORDER BY tokens DESC, project_name
LIMIT %(limit)s;

-- name: hour_totals
SELECT (extract(isodow FROM stat_date) - 1)::integer AS weekday, hour::integer AS hour,
       sum(session_count)::bigint AS session_count
FROM team_hours
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY weekday, hour
ORDER BY weekday, hour;

-- name: hour_totals_of_person
SELECT (extract(isodow FROM stat_date) - 1)::integer AS weekday, hour::integer AS hour,
       sum(session_count)::bigint AS session_count
FROM daily_hours
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY weekday, hour
ORDER BY weekday, hour;

-- name: coverage
SELECT reported.people AS people_reporting, reported.last_upload_at,
       known.people AS people_known, known.members AS leaderboard_members,
       coalesce(used.tokens, 0)::bigint AS tokens, coalesce(used.unpriced_tokens, 0)::bigint AS unpriced_tokens,
       coalesce(called.calls, 0)::bigint AS calls, coalesce(called.unreported_calls, 0)::bigint AS unreported_calls
FROM (
    SELECT count(DISTINCT user_id) AS people, max(last_upload_at) AS last_upload_at
    FROM daily_stats WHERE stat_date BETWEEN %(first)s AND %(last)s
) AS reported,
(
    SELECT count(*) AS people, count(*) FILTER (WHERE show_in_leaderboard AND (SELECT leaderboard_on FROM team_settings)) AS members
    FROM users WHERE active
) AS known,
(
    SELECT sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens) AS tokens,
           sum(unpriced_tokens) AS unpriced_tokens
    FROM team_usage WHERE stat_date BETWEEN %(first)s AND %(last)s
) AS used,
(
    SELECT sum(call_count) AS calls, sum(unreported_count) AS unreported_calls
    FROM team_tools WHERE stat_date BETWEEN %(first)s AND %(last)s
) AS called;

-- name: choices_projects
SELECT project_name AS name FROM team_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
GROUP BY project_name ORDER BY sum(session_count) DESC, project_name LIMIT 500;

-- name: choices_models
SELECT model AS name FROM team_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
GROUP BY model ORDER BY sum(tokens_in + tokens_out) DESC, model LIMIT 500;

-- name: latest_change
SELECT changed_at FROM rollup_state;
