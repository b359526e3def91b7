-- What the pages about tools, trends, projects and models ask: rollups only, so it costs days and people, never sessions.
-- Without a person's filter the days without people are read; with one, that person's days.

-- name: list_tool_days
-- Calls by day, of one tool or of all; days without a call are left out.
SELECT stat_date, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
       sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
FROM (
    SELECT stat_date, tool_name, project_name, call_count, success_count, error_count, unreported_count
    FROM team_tools
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND %(user_id)s::bigint IS NULL
      AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
    UNION ALL
    SELECT stat_date, tool_name, project_name, call_count, success_count, error_count, unreported_count
    FROM daily_tools WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s::bigint
) AS used
WHERE (%(tool)s::text IS NULL OR tool_name = %(tool)s)
  AND (%(project)s::text IS NULL OR project_name = %(project)s)
GROUP BY stat_date
ORDER BY stat_date;

-- name: list_tool_projects
SELECT project_name AS name, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
       sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
FROM (
    SELECT tool_name, project_name, call_count, success_count, error_count, unreported_count
    FROM team_tools
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND %(user_id)s::bigint IS NULL AND by_project
    UNION ALL
    SELECT tool_name, project_name, call_count, success_count, error_count, unreported_count
    FROM daily_tools WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s::bigint
) AS used
WHERE tool_name = %(tool)s AND (%(project)s::text IS NULL OR project_name = %(project)s)
GROUP BY project_name
ORDER BY call_count DESC, project_name
LIMIT %(limit)s;

-- name: list_tool_people
SELECT username AS name, call_count, success_count, error_count, unreported_count
FROM (
    SELECT user_id, sum(call_count)::bigint AS call_count, sum(success_count)::bigint AS success_count,
           sum(error_count)::bigint AS error_count, sum(unreported_count)::bigint AS unreported_count
    FROM daily_tools
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND tool_name = %(tool)s
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
    GROUP BY user_id
) AS called
JOIN users USING (user_id)
ORDER BY call_count DESC, username
LIMIT %(limit)s;

-- name: list_active_users
-- Distinct people by day, week or month, which no sum of days can tell.
SELECT first_day, count(*) AS active_users
FROM (
    SELECT date_trunc(%(grain)s, stat_date::timestamp)::date AS first_day, user_id FROM daily_stats
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND %(project)s::text IS NULL AND %(model)s::text IS NULL
      AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
    GROUP BY first_day, user_id
    UNION ALL
    SELECT date_trunc(%(grain)s, stat_date::timestamp)::date AS first_day, user_id FROM daily_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s
      AND (%(project)s::text IS NOT NULL OR %(model)s::text IS NOT NULL)
      AND (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
      AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
    GROUP BY first_day, user_id
) AS active
GROUP BY first_day
ORDER BY first_day;

-- name: list_project_figures
-- All projects of the period; people are counted where they can be told apart.
WITH figures AS (
    SELECT project_name, sum(session_count) AS session_count, sum(tokens_in) AS tokens_in,
           sum(tokens_out) AS tokens_out, sum(duration_seconds) AS duration_seconds, sum(cost_usd) AS cost_usd,
           sum(unpriced_tokens) AS unpriced_tokens, max(stat_date) AS last_day
    FROM (
        SELECT stat_date, project_name, model, session_count, tokens_in, tokens_out, duration_seconds, cost_usd,
               unpriced_tokens
        FROM team_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND %(user_id)s::bigint IS NULL
      AND by_project AND by_model = (%(model)s::text IS NOT NULL) AND model = coalesce(%(model)s, '')
        UNION ALL
        SELECT stat_date, project_name, model, session_count, tokens_in, tokens_out, duration_seconds, cost_usd,
               unpriced_tokens
        FROM daily_usage WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s::bigint
    ) AS used
    WHERE (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
    GROUP BY project_name
), people AS (
    SELECT project_name, count(*) AS active_users
    FROM (
        SELECT project_name, user_id FROM usage_between(%(first)s, %(last)s)
        WHERE (%(project)s::text IS NULL OR project_name = %(project)s)
          AND (%(model)s::text IS NULL OR model = %(model)s)
          AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
        GROUP BY project_name, user_id
    ) AS each
    GROUP BY project_name
)
SELECT project_name, session_count::bigint AS session_count, tokens_in::bigint AS tokens_in,
       tokens_out::bigint AS tokens_out, duration_seconds::bigint AS duration_seconds, cost_usd,
       unpriced_tokens::bigint AS unpriced_tokens, last_day, coalesce(active_users, 0) AS active_users
FROM figures LEFT JOIN people USING (project_name)
ORDER BY tokens_in + tokens_out DESC, project_name
LIMIT %(limit)s;

-- name: list_project_days
-- The largest projects of the period by their names, and all others together, without one.
WITH days AS (
    SELECT stat_date, project_name, sum(tokens_in + tokens_out) AS tokens
    FROM (
        SELECT stat_date, project_name, model, tokens_in, tokens_out
        FROM team_usage
        WHERE stat_date BETWEEN %(first)s AND %(last)s AND %(user_id)s::bigint IS NULL
          AND by_project AND by_model = (%(model)s::text IS NOT NULL) AND model = coalesce(%(model)s, '')
        UNION ALL
        SELECT stat_date, project_name, model, tokens_in, tokens_out
        FROM daily_usage WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s::bigint
    ) AS used
    WHERE (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
    GROUP BY stat_date, project_name
), largest AS (
    SELECT project_name FROM days GROUP BY project_name ORDER BY sum(tokens) DESC, project_name LIMIT %(separate)s
)
SELECT stat_date, largest.project_name, sum(tokens)::bigint AS tokens
FROM days LEFT JOIN largest USING (project_name)
GROUP BY stat_date, largest.project_name
ORDER BY stat_date, largest.project_name;

-- name: list_model_figures
-- A model without a price has no cost here, never a cost of nought.
SELECT stat_date, model, sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out,
       sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(cache_creation_tokens)::bigint AS cache_creation_tokens,
       sum(cost_usd) AS cost_usd, sum(unpriced_tokens)::bigint AS unpriced_tokens
FROM (
    SELECT stat_date, project_name, model, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens, cost_usd,
           unpriced_tokens
    FROM team_usage
    WHERE stat_date BETWEEN %(first)s AND %(last)s AND %(user_id)s::bigint IS NULL
      AND by_model AND by_project = (%(project)s::text IS NOT NULL) AND project_name = coalesce(%(project)s, '')
    UNION ALL
    SELECT stat_date, project_name, model, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens, cost_usd,
           unpriced_tokens
    FROM daily_usage WHERE stat_date BETWEEN %(first)s AND %(last)s AND user_id = %(user_id)s::bigint
) AS used
WHERE (%(project)s::text IS NULL OR project_name = %(project)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY stat_date, model
ORDER BY stat_date, model;

-- name: list_charges
-- Who used what on which project, to pass the cost on.
SELECT username, project_name, session_count, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens, cost_usd,
       unpriced_tokens
FROM (
    SELECT user_id, project_name, sum(session_count)::bigint AS session_count, sum(tokens_in)::bigint AS tokens_in,
           sum(tokens_out)::bigint AS tokens_out, sum(cache_read_tokens)::bigint AS cache_read_tokens,
           sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(cost_usd) AS cost_usd,
           sum(unpriced_tokens)::bigint AS unpriced_tokens
    FROM usage_between(%(first)s, %(last)s)
    WHERE (%(project)s::text IS NULL OR project_name = %(project)s)
      AND (%(model)s::text IS NULL OR model = %(model)s)
      AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
    GROUP BY user_id, project_name
) AS used
JOIN users USING (user_id)
ORDER BY username, project_name;
