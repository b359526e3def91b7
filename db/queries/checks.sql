-- Sums that must agree; each row states one.

-- name: checks
SELECT kind || 's received = stored + repeated + quarantined + waiting' AS name,
       count(inbox_id) AS expected,
       count(inbox_id) FILTER (WHERE state IN ('persisted', 'repeated', 'quarantined', 'discarded', 'pending')) AS found
FROM (VALUES ('session'), ('plan')) AS kinds (kind) LEFT JOIN inbox USING (kind)
GROUP BY kind
UNION ALL
SELECT 'settled uploads keep no body', 0, count(*) FROM inbox
WHERE state IN ('persisted', 'repeated', 'discarded') AND body IS NOT NULL
UNION ALL
SELECT 'sessions = rolled-up sessions', (SELECT count(*) FROM sessions),
       (SELECT coalesce(sum(session_count), 0)::bigint FROM daily_stats)
UNION ALL
SELECT 'tokens of sessions = tokens of days',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM sessions),
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_stats)
UNION ALL
SELECT 'tokens of sessions = tokens of their models',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM sessions),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM session_models)
UNION ALL
SELECT 'tokens of days = tokens by project and model',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_usage)
UNION ALL
SELECT 'tokens by person = tokens without people',
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_usage),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM team_usage)
UNION ALL
SELECT 'coding seconds of sessions = of days',
       (SELECT coalesce(sum(duration_seconds), 0)::bigint FROM sessions),
       (SELECT coalesce(sum(total_duration_seconds), 0)::bigint FROM daily_stats)
UNION ALL
SELECT 'tool calls of sessions = of days',
       (SELECT coalesce(sum(call_count), 0)::bigint FROM tool_usage),
       (SELECT coalesce(sum(call_count), 0)::bigint FROM daily_tools)
UNION ALL
SELECT 'tool calls by person = without people',
       (SELECT coalesce(sum(call_count), 0)::bigint FROM daily_tools),
       (SELECT coalesce(sum(call_count), 0)::bigint FROM team_tools)
UNION ALL
SELECT 'sessions of days = sessions by hour',
       (SELECT coalesce(sum(session_count), 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(session_count), 0)::bigint FROM team_hours)
UNION ALL
SELECT 'text only of people who share it', 0, count(*)
FROM messages JOIN users USING (user_id) WHERE share_level <> 'full'
UNION ALL
SELECT 'content of plans only of people who share it', 0, count(*)
FROM plans JOIN users USING (user_id) WHERE users.share_level <> 'full' AND content IS NOT NULL
UNION ALL
SELECT 'stored uploads of plans are plans', 0, count(*)
FROM inbox LEFT JOIN plans USING (user_id, name) WHERE kind = 'plan' AND state = 'persisted' AND plans.name IS NULL
UNION ALL
SELECT 'days still to be rolled up', 0, count(*) FROM dirty_days;

-- name: check_period
-- The same period from the sessions themselves, to hold beside what the pages say.
SELECT count(*) AS session_count, count(DISTINCT user_id) AS active_users,
       coalesce(sum(total_tokens_in), 0)::bigint AS tokens_in, coalesce(sum(total_tokens_out), 0)::bigint AS tokens_out,
       coalesce(sum(duration_seconds), 0)::bigint AS duration_seconds
FROM sessions
WHERE started_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
  AND started_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
  AND (started_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s;
