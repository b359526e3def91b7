-- What people look at: every statement reads rollups only, so it costs days, never sessions.
-- A person's filter reads the days of people; everything else the days without people.

-- name: list_team_days
WITH figures AS (
    SELECT stat_date, active_users, session_count, total_messages, duration_seconds, tokens_in, tokens_out,
           cache_read_tokens, cache_creation_tokens, cost_usd, unpriced_tokens
    FROM team_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND %(user_id)s::bigint IS NULL
      AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
      AND by_model = (%(model)s::text IS NOT NULL) AND model = coalesce(%(model)s, '')
    UNION ALL
    SELECT stat_date, 1, sum(session_count), sum(total_messages), sum(duration_seconds), sum(tokens_in), sum(tokens_out),
           sum(cache_read_tokens), sum(cache_creation_tokens), sum(cost_usd), sum(unpriced_tokens)
    FROM daily_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND user_id = %(user_id)s::bigint
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
    GROUP BY stat_date
)
SELECT day::date AS stat_date,
       coalesce(active_users, 0)::bigint AS active_users,
       coalesce(session_count, 0)::bigint AS session_count,
       coalesce(total_messages, 0)::bigint AS total_messages,
       coalesce(duration_seconds, 0)::bigint AS duration_seconds,
       coalesce(tokens_in, 0)::bigint AS tokens_in,
       coalesce(tokens_out, 0)::bigint AS tokens_out,
       coalesce(cache_read_tokens, 0)::bigint AS cache_read_tokens,
       coalesce(cache_creation_tokens, 0)::bigint AS cache_creation_tokens,
       cost_usd,
       coalesce(unpriced_tokens, 0)::bigint AS unpriced_tokens
FROM generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, interval '1 day') AS day
LEFT JOIN figures ON figures.stat_date = day::date
ORDER BY day;

-- name: fetch_team_totals
-- The same days, added up; people can't be.
SELECT coalesce(sum(session_count), 0)::bigint AS session_count,
       coalesce(sum(total_messages), 0)::bigint AS total_messages,
       coalesce(sum(duration_seconds), 0)::bigint AS duration_seconds,
       coalesce(sum(tokens_in), 0)::bigint AS tokens_in,
       coalesce(sum(tokens_out), 0)::bigint AS tokens_out,
       coalesce(sum(cache_read_tokens), 0)::bigint AS cache_read_tokens,
       coalesce(sum(cache_creation_tokens), 0)::bigint AS cache_creation_tokens,
       sum(cost_usd) AS cost_usd,
       coalesce(sum(unpriced_tokens), 0)::bigint AS unpriced_tokens
FROM (
    SELECT session_count, total_messages, duration_seconds, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens,
           cost_usd, unpriced_tokens
    FROM team_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND %(user_id)s::bigint IS NULL
      AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
      AND by_model = (%(model)s::text IS NOT NULL) AND model = coalesce(%(model)s, '')
    UNION ALL
    SELECT session_count, total_messages, duration_seconds, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens,
           cost_usd, unpriced_tokens
    FROM daily_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND user_id = %(user_id)s::bigint
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
) AS used;

-- name: team_people
-- Distinct people over the whole period, which no sum of days can tell: most are found in its whole months, and the days
-- are looked through for those who are not.
SELECT count(*) AS active_users FROM users
WHERE (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
  AND %(project)s::text IS NULL AND %(model)s::text IS NULL
  AND (EXISTS (
      SELECT FROM monthly_stats
      WHERE monthly_stats.user_id = users.user_id
        AND month >= %(first)s AND month < date_trunc('month', %(last)s::date + interval '1 day')::date
  ) OR EXISTS (
      SELECT FROM daily_stats
      WHERE daily_stats.user_id = users.user_id AND stat_date BETWEEN %(first)s AND %(last)s
  ));

-- name: team_people_filtered
SELECT count(DISTINCT user_id) AS active_users FROM usage_between(%(first)s, %(last)s)
WHERE (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
  AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s);

-- name: list_model_days
SELECT stat_date, model, tokens_in::bigint AS tokens_in, tokens_out::bigint AS tokens_out
FROM team_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
  AND by_model AND (%(model)s::text IS NULL OR model = %(model)s)
ORDER BY stat_date, model;

-- name: list_model_days_of_person
SELECT stat_date, model, sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out
FROM daily_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY stat_date, model
ORDER BY stat_date, model;

-- name: list_tool_totals
-- Most calls first; equal counts by name, so the list never jumps.
SELECT tool_name, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
       sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
FROM team_tools
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
GROUP BY tool_name
ORDER BY call_count DESC, tool_name
LIMIT %(limit)s;

-- name: list_tool_totals_of_person
SELECT tool_name, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
       sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
FROM daily_tools
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
GROUP BY tool_name
ORDER BY call_count DESC, tool_name
LIMIT %(limit)s;

-- name: list_leaderboard
-- prepare: first date, last date, limit bigint, key_hash bytea
-- Only people who take part; equal ones share a rank. Where a key asks, it has to count at this very moment.
SELECT rank() OVER (ORDER BY total_tokens DESC) AS rank, user_id, username, session_count, total_tokens
FROM (
    SELECT user_id, sum(session_count)::bigint AS session_count, sum(tokens_in + tokens_out)::bigint AS total_tokens
    FROM sums_between(%(first)s, %(last)s) GROUP BY user_id HAVING sum(session_count) > 0
) AS each
JOIN users USING (user_id)
WHERE show_in_leaderboard AND active AND (SELECT leaderboard_on FROM team_settings)
  AND (%(key_hash)s IS NULL OR EXISTS (
      SELECT FROM api_keys JOIN users AS reader USING (user_id)
      WHERE key_hash = %(key_hash)s AND reader.active AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
  ))
ORDER BY total_tokens DESC, username
LIMIT %(limit)s;

-- name: list_project_totals
SELECT project_name, sum(session_count)::bigint AS session_count, sum(tokens)::bigint AS tokens
FROM (
    SELECT project_name, session_count, tokens FROM projects_between(%(first)s, %(last)s) WHERE %(model)s::text IS NULL
    UNION ALL
    SELECT project_name, session_count, tokens_in + tokens_out FROM team_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND by_project AND by_model AND model = %(model)s
) AS used
WHERE %(project)s::text IS NULL OR project_name = %(project)s
GROUP BY project_name
ORDER BY tokens DESC, project_name
LIMIT %(limit)s;

-- name: list_project_totals_of_person
SELECT project_name, sum(session_count)::bigint AS session_count, sum(tokens_in + tokens_out)::bigint AS tokens
FROM daily_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY project_name
ORDER BY tokens DESC, project_name
LIMIT %(limit)s;

-- name: list_hour_totals
-- Counted from a Monday.
SELECT mod(stat_date - date '2001-01-01', 7) AS weekday, hour::integer AS hour,
       sum(session_count)::bigint AS session_count
FROM team_hours
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
  AND by_model = (%(model)s::text IS NOT NULL) AND model = coalesce(%(model)s, '')
GROUP BY weekday, hour
ORDER BY weekday, hour;

-- name: list_hour_totals_of_person
SELECT (extract(isodow FROM stat_date) - 1)::integer AS weekday, hour::integer AS hour,
       sum(session_count)::bigint AS session_count
FROM daily_hours
WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY weekday, hour
ORDER BY weekday, hour;

-- name: fetch_coverage
SELECT reported.people AS people_reporting, reported.last_upload_at,
       known.people AS people_known, known.members AS leaderboard_members,
       coalesce(used.tokens, 0)::bigint AS tokens, coalesce(used.unpriced_tokens, 0)::bigint AS unpriced_tokens,
       coalesce(called.calls, 0)::bigint AS calls, coalesce(called.unreported_calls, 0)::bigint AS unreported_calls
FROM (
    SELECT count(*) AS people, max(last_upload_at) AS last_upload_at
    FROM (
        SELECT max(last_upload_at) AS last_upload_at FROM stats_between(%(first)s, %(last)s) GROUP BY user_id
    ) AS each
) AS reported,
(
    SELECT count(*) AS people, count(*) FILTER (WHERE show_in_leaderboard AND (SELECT leaderboard_on FROM team_settings)) AS members
    FROM users WHERE active
) AS known,
(
    SELECT sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens) AS tokens,
           sum(unpriced_tokens) AS unpriced_tokens
    FROM team_usage WHERE stat_date BETWEEN %(first)s AND %(last)s AND NOT by_project AND NOT by_model
) AS used,
(
    SELECT sum(call_count) AS calls, sum(unreported_count) AS unreported_calls
    FROM team_tools WHERE stat_date BETWEEN %(first)s AND %(last)s AND NOT by_project
) AS called;

-- name: choices_projects
SELECT project_name AS name FROM projects_between(%(first)s, %(last)s)
GROUP BY project_name ORDER BY sum(session_count) DESC, project_name LIMIT 500;

-- name: choices_models
SELECT model AS name FROM team_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s AND by_model AND NOT by_project
GROUP BY model ORDER BY sum(tokens_in + tokens_out) DESC, model LIMIT 500;

-- name: fetch_latest_change
SELECT changed_at FROM rollup_state;
