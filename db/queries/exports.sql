-- What analysts get, one team day at a time; message text is in none of it.

-- name: export_sessions
SELECT sessions.session_id, users.username, sessions.project_name, sessions.started_at, sessions.ended_at,
       sessions.duration_seconds, sessions.total_messages,
       sessions.total_tokens_in::bigint AS total_tokens_in, sessions.total_tokens_out::bigint AS total_tokens_out,
       sessions.cache_read_tokens::bigint AS cache_read_tokens,
       sessions.cache_creation_tokens::bigint AS cache_creation_tokens,
       sessions.model, sessions.git_branch, sessions.agent, sessions.agent_version
FROM sessions JOIN users USING (user_id)
WHERE started_at >= %(day)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
  AND started_at < (%(day)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
  AND (started_at AT TIME ZONE %(zone)s)::date = %(day)s
ORDER BY sessions.user_id, sessions.session_id;

-- name: export_tools
SELECT sessions.session_id, users.username, sessions.project_name, sessions.started_at, used.tool_name,
       used.call_count::bigint AS call_count, used.success_count::bigint AS success_count,
       used.error_count::bigint AS error_count
FROM sessions JOIN users USING (user_id) JOIN tool_usage AS used USING (user_id, session_id)
WHERE started_at >= %(day)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
  AND started_at < (%(day)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
  AND (started_at AT TIME ZONE %(zone)s)::date = %(day)s
ORDER BY sessions.user_id, sessions.session_id, used.tool_name;

-- name: export_models
SELECT sessions.session_id, users.username, sessions.project_name, sessions.started_at, used.model, used.responses,
       used.tokens_in::bigint AS tokens_in, used.tokens_out::bigint AS tokens_out,
       used.cache_read_tokens::bigint AS cache_read_tokens,
       used.cache_creation_tokens::bigint AS cache_creation_tokens, used.cost_usd, used.price_version
FROM sessions JOIN users USING (user_id) JOIN session_models AS used USING (user_id, session_id)
WHERE started_at >= %(day)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
  AND started_at < (%(day)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
  AND (started_at AT TIME ZONE %(zone)s)::date = %(day)s
ORDER BY sessions.user_id, sessions.session_id, used.model;

-- name: export_daily_stats
SELECT users.username, stat_date, session_count, total_messages, total_tokens_in, total_tokens_out, cache_read_tokens,
       cache_creation_tokens, total_duration_seconds, cost_usd, unpriced_tokens
FROM daily_stats JOIN users USING (user_id)
WHERE stat_date = %(day)s AND %(zone)s::text IS NOT NULL
ORDER BY user_id;
