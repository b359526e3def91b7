-- What the tests ask of the tables directly.

-- name: test_text_left
SELECT (SELECT count(*) FROM messages) AS messages,
       (SELECT count(*) FROM tool_calls) AS calls,
       (SELECT count(*) FROM tool_calls WHERE tool_input IS NOT NULL OR tool_output IS NOT NULL) AS call_texts;

-- name: test_owners
SELECT user_id FROM sessions UNION SELECT user_id FROM daily_stats UNION SELECT user_id FROM inbox
UNION SELECT user_id FROM tool_usage UNION SELECT user_id FROM session_models UNION SELECT user_id FROM dirty_days
UNION SELECT user_id FROM session_tags UNION SELECT user_id FROM tool_calls UNION SELECT user_id FROM messages
UNION SELECT user_id FROM daily_usage UNION SELECT user_id FROM daily_tools UNION SELECT user_id FROM daily_hours
UNION SELECT user_id FROM archived_days UNION SELECT user_id FROM archived_models UNION SELECT user_id FROM archived_tools
UNION SELECT user_id FROM archived_sessions;

-- name: test_keys_of_tables
-- The first column of every primary key, by table.
SELECT pg_class.relname AS name, min(pg_attribute.attname) AS first_column
FROM pg_index
JOIN pg_class ON pg_class.oid = pg_index.indrelid
JOIN pg_attribute ON pg_attribute.attrelid = pg_class.oid AND pg_attribute.attnum = pg_index.indkey[0]
WHERE pg_index.indisprimary AND pg_class.relnamespace = 'public'::regnamespace AND NOT pg_class.relispartition
GROUP BY pg_class.relname;

-- name: test_states
SELECT state, count(*) AS count FROM inbox GROUP BY state ORDER BY state;

-- name: test_session
SELECT session_id, project_name, total_messages, total_tokens_in::bigint AS tokens_in, share_level
FROM sessions WHERE user_id = %(user_id)s ORDER BY session_id;

-- name: test_parts
SELECT (SELECT coalesce(string_agg(tool_name, ',' ORDER BY tool_name), '') FROM tool_usage) AS tools,
       (SELECT coalesce(string_agg(tag, ',' ORDER BY tag), '') FROM session_tags) AS tags,
       (SELECT coalesce(string_agg(model, ',' ORDER BY model), '') FROM session_models) AS models,
       (SELECT coalesce(string_agg(content, ',' ORDER BY sequence), '') FROM messages) AS contents;

-- name: test_long_answer
-- It takes minutes, unless somebody hangs up.
SELECT pg_sleep(120);

-- name: test_long_cursor
DECLARE exported NO SCROLL CURSOR FOR SELECT pg_sleep(120)::text AS lines;

-- name: test_backend
SELECT pg_backend_pid() AS pid;

-- name: test_sleep
SELECT pg_sleep(%(seconds)s);

-- name: test_days
SELECT stat_date, sum(session_count)::bigint AS sessions FROM daily_stats GROUP BY stat_date ORDER BY stat_date;

-- name: test_raw_days
-- The same from the sessions, in the plainest words.
SELECT (started_at AT TIME ZONE %(zone)s)::date AS stat_date, count(*) AS sessions
FROM sessions GROUP BY 1 ORDER BY 1;

-- name: test_no_waiting
UPDATE inbox SET not_before = now() - interval '1 minute' WHERE state = 'pending';

-- name: test_deactivate
UPDATE users SET active = false WHERE user_id = %(user_id)s;

-- name: test_login_failures
SELECT login_failures::text AS known FROM login_failures;

-- name: test_promote
UPDATE users SET role = 'admin' WHERE user_id = %(user_id)s;

-- name: test_expire_keys
UPDATE api_keys SET expires_at = now() - interval '1 second';

-- name: test_plans
SELECT name, title, content, created_at, share_level FROM plans WHERE user_id = %(user_id)s ORDER BY name;

-- name: test_mend_plan
UPDATE inbox SET body = body - 'created_at', not_before = now() WHERE upload_id = %(upload_id)s::uuid;

-- name: test_unshare_plans
UPDATE plans SET share_level = 'metadata';

-- name: test_waiting_mail
SELECT inbox_id FROM inbox WHERE state NOT IN ('persisted', 'repeated');

-- name: test_uploads
SELECT upload_id::text AS upload_id, state, reason FROM inbox;

-- name: test_names
SELECT name FROM inbox;

-- name: test_reactivate
UPDATE users SET active = true WHERE user_id = %(user_id)s;

-- name: test_demote
UPDATE users SET role = 'member' WHERE user_id = %(user_id)s;

-- name: test_read_only
SET TRANSACTION READ ONLY;

-- name: test_forget_preparations
DEALLOCATE ALL;

-- name: test_times_planned
SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = %(name)s;

-- name: test_nonsense
SELECT FROM WHERE;

-- name: test_attempts
SELECT attempts FROM inbox;

-- name: test_lose_a_table
ALTER TABLE dirty_days RENAME TO lost;

-- name: test_lose_the_plans
ALTER TABLE plans RENAME TO lost;

-- name: test_rollup_state
SELECT time_zone, changed_at FROM rollup_state;

-- name: test_lose_sessions
DELETE FROM sessions;

-- name: test_own_cost
SELECT cost_usd FROM daily_stats WHERE user_id = %(user_id)s;

-- name: test_pass_by
-- As if so much time had gone by since everything that was noted.
UPDATE scheduled_runs
SET rung_at = rung_at - interval '1 minute' * %(minutes)s,
    started_at = started_at - interval '1 minute' * %(minutes)s,
    finished_at = finished_at - interval '1 minute' * %(minutes)s;

-- name: test_audit_pass_by
-- As if so much time had gone by since everything that was noted.
UPDATE audit_log SET happened_at = happened_at - interval '1 minute' * %(minutes)s;

-- name: test_everything_of_days
-- All figures of all days, but when they were worked out.
SELECT 'stats' AS grain, (to_jsonb(day) - 'computed_at')::text AS row FROM daily_stats AS day
UNION ALL SELECT 'usage', to_jsonb(day)::text FROM daily_usage AS day
UNION ALL SELECT 'tools', to_jsonb(day)::text FROM daily_tools AS day
UNION ALL SELECT 'hours', to_jsonb(day)::text FROM daily_hours AS day
UNION ALL SELECT 'team usage', to_jsonb(day)::text FROM team_usage AS day
UNION ALL SELECT 'team tools', to_jsonb(day)::text FROM team_tools AS day
UNION ALL SELECT 'team hours', to_jsonb(day)::text FROM team_hours AS day
UNION ALL SELECT 'team months', to_jsonb(month)::text FROM team_months AS month
UNION ALL SELECT 'months', to_jsonb(month)::text FROM monthly_stats AS month
UNION ALL SELECT 'months by project and model', to_jsonb(month)::text FROM monthly_usage AS month
ORDER BY 1, 2;

-- name: test_let_uploads_age
-- As if everything had been received so many days earlier.
UPDATE inbox SET received_at = received_at - interval '1 day' * %(days)s, settled_at = settled_at - interval '1 day' * %(days)s;
UPDATE plans SET received_at = received_at - interval '1 day' * %(days)s;
UPDATE audit_log SET happened_at = happened_at - interval '1 day' * %(days)s;

-- name: test_rows_left
SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM plans) AS plans, (SELECT count(*) FROM inbox) AS inbox,
       (SELECT count(*) FROM tool_usage) AS tools, (SELECT count(*) FROM messages) AS messages;

-- name: test_sums_of_rows
-- Every session and every model of it, as they are stored; with the sums of those whose rows are gone, where `archived` says so.
SELECT username AS person, (started_at AT TIME ZONE %(zone)s)::date AS day, coalesce(project_name, '') AS project,
       coalesce(model, '') AS model, extract(hour FROM started_at AT TIME ZONE %(zone)s)::bigint AS hour,
       1::bigint AS sessions, total_messages::bigint AS messages, coalesce(duration_seconds, 0)::bigint AS seconds,
       0::bigint AS tokens_in, 0::bigint AS tokens_out, 0::bigint AS cache_read, 0::bigint AS cache_creation,
       0::bigint AS nanodollars, 0::bigint AS unpriced
FROM sessions JOIN users USING (user_id)
UNION ALL
SELECT username, (started_at AT TIME ZONE %(zone)s)::date, coalesce(project_name, ''), used.model, NULL, 0, 0, 0,
       used.tokens_in, used.tokens_out, used.cache_read_tokens, used.cache_creation_tokens,
       coalesce(cost_usd * 1000000000, 0)::bigint,
       CASE WHEN cost_usd IS NULL
            THEN used.tokens_in + used.tokens_out + used.cache_read_tokens + used.cache_creation_tokens ELSE 0 END
FROM sessions JOIN users USING (user_id) JOIN session_models AS used USING (user_id, session_id)
UNION ALL
SELECT username, stat_date, project_name, model, hour::bigint, session_count, total_messages, duration_seconds, 0, 0, 0, 0, 0, 0
FROM archived_days JOIN users USING (user_id) WHERE %(archived)s
UNION ALL
SELECT username, stat_date, project_name, model, NULL, 0, 0, 0, tokens_in, tokens_out, cache_read_tokens,
       cache_creation_tokens, coalesce(cost_usd * 1000000000, 0)::bigint,
       CASE WHEN priced THEN 0 ELSE tokens_in + tokens_out + cache_read_tokens + cache_creation_tokens END
FROM archived_models JOIN users USING (user_id) WHERE %(archived)s;

-- name: test_tools_of_rows
SELECT username AS person, (started_at AT TIME ZONE %(zone)s)::date AS day, coalesce(project_name, '') AS project,
       tool_name AS tool, call_count::bigint AS calls, coalesce(success_count, 0)::bigint AS successes,
       coalesce(error_count, 0)::bigint AS errors
FROM sessions JOIN users USING (user_id) JOIN tool_usage USING (user_id, session_id)
UNION ALL
SELECT username, stat_date, project_name, tool_name, call_count, success_count, error_count
FROM archived_tools JOIN users USING (user_id) WHERE %(archived)s;

-- name: test_sums_of_days
SELECT username AS person, stat_date AS day, project_name AS project, model, NULL::bigint AS hour,
       session_count::bigint AS sessions, total_messages::bigint AS messages, duration_seconds::bigint AS seconds,
       tokens_in::bigint AS tokens_in, tokens_out::bigint AS tokens_out, cache_read_tokens::bigint AS cache_read,
       cache_creation_tokens::bigint AS cache_creation, coalesce(cost_usd * 1000000000, 0)::bigint AS nanodollars,
       unpriced_tokens::bigint AS unpriced
FROM daily_usage JOIN users USING (user_id);

-- name: test_tools_of_days
SELECT username AS person, stat_date AS day, project_name AS project, tool_name AS tool, call_count::bigint AS calls,
       success_count::bigint AS successes, error_count::bigint AS errors
FROM daily_tools JOIN users USING (user_id);

-- name: test_hours_of_days
SELECT username AS person, stat_date AS day, project_name AS project, model, hour::bigint AS hour, session_count::bigint AS sessions
FROM daily_hours JOIN users USING (user_id);

-- name: test_stats_of_days
SELECT username AS person, stat_date AS day, session_count::bigint AS sessions, total_messages::bigint AS messages,
       total_duration_seconds::bigint AS seconds, total_tokens_in::bigint AS tokens_in, total_tokens_out::bigint AS tokens_out,
       cache_read_tokens::bigint AS cache_read, cache_creation_tokens::bigint AS cache_creation,
       coalesce(cost_usd * 1000000000, 0)::bigint AS nanodollars, unpriced_tokens::bigint AS unpriced
FROM daily_stats JOIN users USING (user_id);

-- name: test_figures_of_days
-- A period's figures of people, added up day by day.
SELECT user_id, count(*) AS active_days, sum(session_count)::bigint AS session_count, sum(total_tokens_in)::bigint AS tokens_in,
       sum(total_tokens_out)::bigint AS tokens_out, sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(calls_succeeded)::bigint AS calls_succeeded,
       sum(calls_failed)::bigint AS calls_failed, max(last_upload_at) AS last_upload_at
FROM daily_stats WHERE stat_date BETWEEN %(first)s AND %(last)s GROUP BY user_id ORDER BY user_id;

-- name: test_figures_between
SELECT user_id, sum(active_days)::bigint AS active_days, sum(session_count)::bigint AS session_count,
       sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out,
       sum(cache_read_tokens)::bigint AS cache_read_tokens, sum(cache_creation_tokens)::bigint AS cache_creation_tokens,
       sum(calls_succeeded)::bigint AS calls_succeeded, sum(calls_failed)::bigint AS calls_failed,
       max(last_upload_at) AS last_upload_at
FROM stats_between(%(first)s, %(last)s) GROUP BY user_id ORDER BY user_id;

-- name: test_board_sums_of_days
SELECT user_id, count(*) AS active_days, sum(session_count)::bigint AS session_count, sum(total_tokens_in)::bigint AS tokens_in,
       sum(total_tokens_out)::bigint AS tokens_out, sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(calls_succeeded)::bigint AS calls_succeeded,
       sum(calls_failed)::bigint AS calls_failed
FROM daily_stats WHERE stat_date BETWEEN %(first)s AND %(last)s GROUP BY user_id ORDER BY user_id;

-- name: test_board_sums_between
-- Of somebody who did nothing, nothing must be left.
SELECT * FROM (
    SELECT user_id, sum(active_days)::bigint AS active_days, sum(session_count)::bigint AS session_count,
           sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out,
           sum(cache_read_tokens)::bigint AS cache_read_tokens, sum(cache_creation_tokens)::bigint AS cache_creation_tokens,
           sum(calls_succeeded)::bigint AS calls_succeeded, sum(calls_failed)::bigint AS calls_failed
    FROM sums_between(%(first)s, %(last)s) GROUP BY user_id
) AS each
WHERE (active_days, session_count, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens, calls_succeeded, calls_failed)
      <> (0, 0, 0, 0, 0, 0, 0, 0)
ORDER BY user_id;

-- name: test_usage_of_days
SELECT user_id, project_name, model, sum(session_count)::bigint AS session_count, sum(tokens_in)::bigint AS tokens_in,
       sum(tokens_out)::bigint AS tokens_out, sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(cost_usd) AS cost_usd,
       sum(unpriced_tokens)::bigint AS unpriced_tokens
FROM daily_usage WHERE stat_date BETWEEN %(first)s AND %(last)s
GROUP BY user_id, project_name, model ORDER BY user_id, project_name, model;

-- name: test_usage_between
SELECT user_id, project_name, model, sum(session_count)::bigint AS session_count, sum(tokens_in)::bigint AS tokens_in,
       sum(tokens_out)::bigint AS tokens_out, sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(cost_usd) AS cost_usd,
       sum(unpriced_tokens)::bigint AS unpriced_tokens
FROM usage_between(%(first)s, %(last)s)
GROUP BY user_id, project_name, model ORDER BY user_id, project_name, model;

-- name: test_people_of_days
SELECT stat_date, count(DISTINCT user_id) AS active_users FROM daily_usage
WHERE stat_date BETWEEN %(first)s AND %(last)s
  AND (%(project)s::text IS NULL OR project_name = %(project)s) AND (%(model)s::text IS NULL OR model = %(model)s)
GROUP BY stat_date;

-- name: test_projects_of_days
SELECT project_name, sum(session_count)::bigint AS session_count, sum(tokens_in + tokens_out)::bigint AS tokens
FROM daily_usage WHERE stat_date BETWEEN %(first)s AND %(last)s GROUP BY project_name ORDER BY project_name;

-- name: test_projects_between
SELECT project_name, sum(session_count)::bigint AS session_count, sum(tokens)::bigint AS tokens
FROM projects_between(%(first)s, %(last)s) GROUP BY project_name ORDER BY project_name;

-- name: test_months_written
-- What this connection has done to people's months lately.
SELECT n_tup_upd AS changed, n_tup_hot_upd AS in_place, n_tup_ins AS added, n_tup_del AS removed
FROM pg_stat_xact_user_tables WHERE relname = 'monthly_stats';

-- name: test_day_grows
UPDATE daily_stats SET session_count = session_count + 1 WHERE user_id = %(user_id)s AND stat_date = %(stat_date)s;

-- name: test_commits
SELECT current_setting('synchronous_commit') AS waits_for_the_disk;

-- name: test_idle_allowed
SELECT current_setting('idle_in_transaction_session_timeout') AS idle;

-- name: test_waiting_for_rollups
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 715003 AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database());

-- name: test_run_ended
-- As if the run that was due then had ended then.
UPDATE scheduled_runs SET finished_at = %(ended_at)s WHERE due_at = %(ended_at)s;

-- name: test_inbox_put_off
-- As if all had come in so much later.
UPDATE inbox SET received_at = received_at + interval '1 second' * %(seconds)s, not_before = not_before + interval '1 second' * %(seconds)s;

-- name: test_failures_put_off
UPDATE login_failures SET failed_at = failed_at + interval '1 second' * %(seconds)s;

-- name: test_looks_put_off
UPDATE audit_log SET happened_at = happened_at + interval '1 second' * %(seconds)s;
