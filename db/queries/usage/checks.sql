-- Sums that must agree; each row states one.

-- name: check_all
-- Days that are marked will be recomputed in a moment: with their sessions they are left out until then.
WITH marked AS MATERIALIZED (
    SELECT user_id, stat_date, min(marked_at) AS marked_at FROM dirty_days GROUP BY user_id, stat_date
), team (zone) AS (
    SELECT coalesce((SELECT time_zone FROM rollup_state), 'UTC')
), counted AS MATERIALIZED (
    SELECT user_id, session_id, total_tokens_in, total_tokens_out, cache_read_tokens, cache_creation_tokens, duration_seconds
    FROM sessions, team
    WHERE (user_id, (started_at AT TIME ZONE team.zone)::date) NOT IN (SELECT user_id, stat_date FROM marked)
), days AS MATERIALIZED (
    SELECT * FROM daily_stats WHERE (user_id, stat_date) NOT IN (SELECT user_id, stat_date FROM marked)
), gone AS MATERIALIZED (
    -- Sessions whose rows were kept long enough count with their sums.
    SELECT * FROM archived_days WHERE (user_id, stat_date) NOT IN (SELECT user_id, stat_date FROM marked)
), gone_models AS MATERIALIZED (
    SELECT *, tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens AS tokens FROM archived_models
    WHERE (user_id, stat_date) NOT IN (SELECT user_id, stat_date FROM marked)
), silent AS MATERIALIZED (
    -- Text that is just being removed is no mistake.
    SELECT user_id FROM users
    WHERE share_level <> 'full' AND user_id NOT IN (SELECT user_id FROM text_purges)
)
-- What was acknowledged is a row, or waits, or lies where an admin can see it.
SELECT 'sessions received = stored + repeated + quarantined + waiting' AS name, count(*) AS expected,
       count(*) FILTER (WHERE state <> 'persisted' OR sessions.session_id IS NOT NULL) AS found
FROM inbox LEFT JOIN sessions ON sessions.user_id = inbox.user_id AND sessions.session_id = inbox.name
WHERE kind = 'session'
UNION ALL
SELECT 'plans received = stored + repeated + quarantined + waiting', count(*),
       count(*) FILTER (WHERE state <> 'persisted' OR plans.name IS NOT NULL)
FROM inbox LEFT JOIN plans ON plans.user_id = inbox.user_id AND plans.name = inbox.name
WHERE kind = 'plan'
UNION ALL
SELECT 'tokens of sessions = tokens of their models',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM sessions),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM session_models)
UNION ALL
SELECT 'sessions = sessions of days',
       (SELECT count(*) FROM counted) + (SELECT coalesce(sum(session_count), 0)::bigint FROM gone),
       (SELECT coalesce(sum(session_count), 0)::bigint FROM days)
UNION ALL
SELECT 'tokens of sessions = tokens of days',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM counted)
       + (SELECT coalesce(sum(tokens), 0)::bigint FROM gone_models),
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM days)
UNION ALL
SELECT 'coding seconds of sessions = of days',
       (SELECT coalesce(sum(duration_seconds), 0)::bigint FROM counted)
       + (SELECT coalesce(sum(duration_seconds), 0)::bigint FROM gone),
       (SELECT coalesce(sum(total_duration_seconds), 0)::bigint FROM days)
UNION ALL
SELECT 'billionths of a dollar of sessions = of days',
       (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM counted JOIN session_models USING (user_id, session_id))
       + (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM gone_models),
       (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM days)
UNION ALL
SELECT 'tokens without a price of sessions = of days',
       (SELECT coalesce(sum(used.tokens_in + used.tokens_out + used.cache_read_tokens + used.cache_creation_tokens), 0)::bigint
        FROM counted JOIN session_models AS used USING (user_id, session_id) WHERE cost_usd IS NULL)
       + (SELECT coalesce(sum(tokens), 0)::bigint FROM gone_models WHERE NOT priced),
       (SELECT coalesce(sum(unpriced_tokens), 0)::bigint FROM days)
UNION ALL
SELECT 'tool calls of sessions = of days',
       (SELECT coalesce(sum(call_count), 0)::bigint FROM counted JOIN tool_usage USING (user_id, session_id))
       + (SELECT coalesce(sum(call_count), 0)::bigint FROM archived_tools
          WHERE (user_id, stat_date) NOT IN (SELECT user_id, stat_date FROM marked)),
       (SELECT coalesce(sum(call_count), 0)::bigint FROM daily_tools
        WHERE (user_id, stat_date) NOT IN (SELECT user_id, stat_date FROM marked))
UNION ALL
SELECT 'tokens of days = by project and model',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_usage)
UNION ALL
SELECT 'billionths of a dollar of days = by project and model',
       (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM daily_usage)
UNION ALL
SELECT 'tokens by person = without people',
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_usage),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM team_usage WHERE by_project AND by_model)
UNION ALL
SELECT 'billionths of a dollar by person = without people',
       (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM daily_usage),
       (SELECT coalesce(sum(cost_usd) * 1000000000, 0)::bigint FROM team_usage WHERE by_project AND by_model)
UNION ALL
SELECT 'tokens without a price of days = without people',
       (SELECT coalesce(sum(unpriced_tokens), 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(unpriced_tokens), 0)::bigint FROM team_usage WHERE by_project AND by_model)
UNION ALL
SELECT 'tool calls by person = without people',
       (SELECT coalesce(sum(call_count), 0)::bigint FROM daily_tools),
       (SELECT coalesce(sum(call_count), 0)::bigint FROM team_tools WHERE by_project)
UNION ALL
SELECT 'sessions of days = sessions by hour',
       (SELECT coalesce(sum(session_count), 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(session_count), 0)::bigint FROM team_hours WHERE by_project AND by_model)
UNION ALL
SELECT 'tokens without people = over all projects and models',
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint * 3 FROM team_usage
        WHERE by_project AND by_model),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM team_usage
        WHERE NOT (by_project AND by_model))
UNION ALL
SELECT 'tokens by project = of months',
       (SELECT coalesce(sum(tokens_in + tokens_out), 0)::bigint FROM team_usage WHERE by_project AND NOT by_model),
       (SELECT coalesce(sum(tokens), 0)::bigint FROM team_months)
UNION ALL
SELECT 'tool calls without people = over all projects',
       (SELECT coalesce(sum(call_count), 0)::bigint FROM team_tools WHERE by_project),
       (SELECT coalesce(sum(call_count), 0)::bigint FROM team_tools WHERE NOT by_project)
UNION ALL
SELECT 'sessions by hour = over all projects and models',
       (SELECT coalesce(sum(session_count), 0)::bigint * 3 FROM team_hours WHERE by_project AND by_model),
       (SELECT coalesce(sum(session_count), 0)::bigint FROM team_hours WHERE NOT (by_project AND by_model))
UNION ALL
SELECT 'tokens of days = of months',
       (SELECT coalesce(sum(total_tokens_in + total_tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_stats),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM monthly_stats)
UNION ALL
SELECT 'tokens of days by project and model = of months',
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM daily_usage),
       (SELECT coalesce(sum(tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens), 0)::bigint FROM monthly_usage)
UNION ALL
SELECT 'settled uploads keep no body', 0, count(*)
FROM inbox WHERE state IN ('persisted', 'repeated', 'discarded') AND body IS NOT NULL
UNION ALL
SELECT 'every session comes from a stored upload', 0, count(*)
FROM sessions WHERE NOT EXISTS (
    SELECT FROM inbox
    WHERE inbox.upload_id = sessions.upload_id AND inbox.user_id = sessions.user_id
      AND inbox.name = sessions.session_id AND inbox.kind = 'session' AND inbox.state = 'persisted')
UNION ALL
SELECT 'every plan comes from a stored upload', 0, count(*)
FROM plans WHERE NOT EXISTS (
    SELECT FROM inbox
    WHERE inbox.upload_id = plans.upload_id AND inbox.user_id = plans.user_id
      AND inbox.name = plans.name AND inbox.kind = 'plan' AND inbox.state = 'persisted')
UNION ALL
SELECT 'sessions in the sums that are known again', (SELECT coalesce(sum(session_count), 0)::bigint FROM archived_days),
       (SELECT count(*) FROM archived_sessions)
UNION ALL
SELECT 'no session in the sums and in the rows at once', 0, count(*)
FROM archived_sessions AS archived JOIN sessions
    ON sessions.user_id = archived.user_id AND archived.id_hash = sha256(convert_to(sessions.session_id, 'UTF8'))
UNION ALL
SELECT 'no tools without their session', 0, count(*)
FROM tool_usage AS part WHERE NOT EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = part.user_id AND sessions.session_id = part.session_id)
UNION ALL
SELECT 'no tags without their session', 0, count(*)
FROM session_tags AS part WHERE NOT EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = part.user_id AND sessions.session_id = part.session_id)
UNION ALL
SELECT 'no models without their session', 0, count(*)
FROM session_models AS part WHERE NOT EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = part.user_id AND sessions.session_id = part.session_id)
UNION ALL
SELECT 'no tool calls without their session', 0, count(*)
FROM tool_calls AS part WHERE NOT EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = part.user_id AND sessions.session_id = part.session_id)
UNION ALL
SELECT 'no messages without their session', 0, count(*)
FROM messages AS part WHERE NOT EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = part.user_id AND sessions.session_id = part.session_id)
UNION ALL
SELECT 'no messages in sessions stored without text', 0, count(*)
FROM sessions WHERE share_level <> 'full' AND EXISTS (
    SELECT FROM messages AS part WHERE part.user_id = sessions.user_id AND part.session_id = sessions.session_id)
UNION ALL
SELECT 'no text of tool calls in sessions stored without text', 0, count(*)
FROM sessions WHERE share_level <> 'full' AND EXISTS (
    SELECT FROM tool_calls AS part WHERE part.user_id = sessions.user_id AND part.session_id = sessions.session_id
      AND (tool_input IS NOT NULL OR tool_output IS NOT NULL))
UNION ALL
SELECT 'sessions with text only of people who share it', 0, count(*)
FROM sessions WHERE share_level = 'full' AND user_id IN (SELECT user_id FROM silent)
UNION ALL
SELECT 'plans with text only of people who share it', 0, count(*)
FROM plans WHERE share_level = 'full' AND user_id IN (SELECT user_id FROM silent)
UNION ALL
SELECT 'waiting uploads with text only of people who share it', 0, count(*)
FROM inbox WHERE share_level = 'full' AND body IS NOT NULL AND user_id IN (SELECT user_id FROM silent)
UNION ALL
SELECT 'no day waits for hours to be rolled up', 0, count(*)
FROM marked WHERE marked_at < now() - interval '1 hour';

-- name: check_period
-- The same period from the sessions themselves, and the sums of those that are gone, to hold beside what the pages say.
WITH counted AS (
    SELECT user_id, 1 AS session_count, total_tokens_in AS tokens_in, total_tokens_out AS tokens_out, duration_seconds
    FROM sessions
    WHERE started_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
      AND started_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
      AND (started_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT user_id, session_count, 0, 0, duration_seconds FROM archived_days WHERE stat_date BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT user_id, 0, tokens_in, tokens_out, 0 FROM archived_models WHERE stat_date BETWEEN %(first)s AND %(last)s
)
SELECT coalesce(sum(session_count), 0)::bigint AS session_count, count(DISTINCT user_id) AS active_users,
       coalesce(sum(tokens_in), 0)::bigint AS tokens_in, coalesce(sum(tokens_out), 0)::bigint AS tokens_out,
       coalesce(sum(duration_seconds), 0)::bigint AS duration_seconds
FROM counted;
