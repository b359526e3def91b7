-- What was kept long enough goes, in steps of `limit` rows. Whoever holds a row now keeps it until the next night.

-- name: retention_due_text_sessions
-- Whose sessions hold text that is old enough; as below, a person at a time is looked up.
SELECT user_id FROM users WHERE EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = users.user_id AND sessions.share_level = 'full'
      AND started_at < %(before)s AND coalesce(ended_at, started_at) < %(before)s
) ORDER BY user_id;

-- name: retention_due_text_plans
SELECT DISTINCT user_id FROM plans WHERE share_level = 'full' AND received_at < %(before)s ORDER BY user_id;

-- name: retention_due_text_inbox
SELECT DISTINCT user_id FROM inbox
WHERE body IS NOT NULL AND share_level = 'full' AND received_at < %(before)s ORDER BY user_id;

-- name: retention_due_sessions
SELECT user_id FROM users WHERE EXISTS (
    SELECT FROM sessions WHERE sessions.user_id = users.user_id
      AND started_at < %(before)s AND coalesce(ended_at, started_at) < %(before)s
) ORDER BY user_id;

-- name: retention_due_plans
SELECT DISTINCT user_id FROM plans WHERE received_at < %(before)s ORDER BY user_id;

-- name: retention_due_notes
SELECT DISTINCT user_id FROM inbox
WHERE state IN ('repeated', 'discarded') AND settled_at < %(before)s ORDER BY user_id;

-- name: retention_text_sessions
-- The level a session is stored at says whether its text is there: both go together.
WITH chosen AS MATERIALIZED (
    SELECT session_id FROM sessions
    WHERE user_id = %(user_id)s AND share_level = 'full'
      AND started_at < %(before)s AND coalesce(ended_at, started_at) < %(before)s
    ORDER BY started_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), texts AS (
    DELETE FROM messages WHERE user_id = %(user_id)s AND session_id IN (SELECT session_id FROM chosen)
), calls AS (
    UPDATE tool_calls SET tool_input = NULL, tool_output = NULL
    WHERE user_id = %(user_id)s AND session_id IN (SELECT session_id FROM chosen)
      AND (tool_input IS NOT NULL OR tool_output IS NOT NULL)
)
UPDATE sessions SET share_level = 'metadata'
WHERE user_id = %(user_id)s AND session_id IN (SELECT session_id FROM chosen);

-- name: retention_text_plans
WITH chosen AS (
    SELECT name FROM plans WHERE user_id = %(user_id)s AND share_level = 'full' AND received_at < %(before)s
    ORDER BY name LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE plans SET content = NULL, share_level = 'metadata'
WHERE user_id = %(user_id)s AND name IN (SELECT name FROM chosen);

-- name: retention_text_inbox
-- What lies in quarantine, or waits in vain, keeps its figures and loses its text.
WITH chosen AS (
    SELECT inbox_id FROM inbox
    WHERE user_id = %(user_id)s AND body IS NOT NULL AND share_level = 'full' AND received_at < %(before)s
    ORDER BY inbox_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE inbox
SET share_level = 'metadata',
    body = CASE
        WHEN jsonb_typeof(body -> 'tool_calls') = 'array' THEN
            (body - 'messages' - 'content' - 'refused') || jsonb_build_object('tool_calls', (
                SELECT coalesce(jsonb_agg(call - 'tool_input' - 'tool_output'), '[]')
                FROM jsonb_array_elements(body -> 'tool_calls') AS call
                WHERE jsonb_typeof(call) = 'object'))
        ELSE body - 'messages' - 'content' - 'refused' - 'tool_calls'
    END
WHERE user_id = %(user_id)s AND inbox_id IN (SELECT inbox_id FROM chosen);

-- name: retention_sessions
-- From rows to sums, in one statement: each session is counted in one of both at any moment. Its parts go with it, and so do
-- the notes of its uploads; one that waits or lies in quarantine stays. No figure of a day changes, so that none is recomputed:
-- days of a year would keep new ones waiting. Only their files are written anew.
WITH chosen AS MATERIALIZED (
    SELECT user_id, session_id, coalesce(project_name, '') AS project_name, coalesce(model, '') AS model, ended_at,
           total_messages, coalesce(duration_seconds, 0) AS duration_seconds, imported_at,
           (started_at AT TIME ZONE time_zone)::date AS stat_date,
           extract(hour FROM started_at AT TIME ZONE time_zone)::smallint AS hour
    FROM sessions, rollup_state
    WHERE user_id = %(user_id)s
      AND started_at < %(before)s AND coalesce(ended_at, started_at) < %(before)s
    ORDER BY started_at LIMIT %(limit)s
    FOR UPDATE OF sessions SKIP LOCKED
), days AS (
    INSERT INTO archived_days AS day
    SELECT user_id, stat_date, project_name, model, hour, count(*), sum(total_messages), sum(duration_seconds), max(imported_at)
    FROM chosen GROUP BY user_id, stat_date, project_name, model, hour
    ON CONFLICT (user_id, stat_date, project_name, model, hour) DO UPDATE SET
        session_count = day.session_count + excluded.session_count,
        total_messages = day.total_messages + excluded.total_messages,
        duration_seconds = day.duration_seconds + excluded.duration_seconds,
        last_upload_at = greatest(day.last_upload_at, excluded.last_upload_at)
), models AS (
    INSERT INTO archived_models AS day
    SELECT used.user_id, stat_date, project_name, used.model, cost_usd IS NOT NULL, sum(used.tokens_in), sum(used.tokens_out),
           sum(used.cache_read_tokens), sum(used.cache_creation_tokens), sum(cost_usd)
    FROM chosen JOIN session_models AS used USING (user_id, session_id)
    GROUP BY used.user_id, stat_date, project_name, used.model, cost_usd IS NOT NULL
    ON CONFLICT (user_id, stat_date, project_name, model, priced) DO UPDATE SET
        tokens_in = day.tokens_in + excluded.tokens_in,
        tokens_out = day.tokens_out + excluded.tokens_out,
        cache_read_tokens = day.cache_read_tokens + excluded.cache_read_tokens,
        cache_creation_tokens = day.cache_creation_tokens + excluded.cache_creation_tokens,
        cost_usd = day.cost_usd + excluded.cost_usd
), tools AS (
    INSERT INTO archived_tools AS day
    SELECT used.user_id, stat_date, project_name, tool_name, sum(call_count), sum(coalesce(success_count, 0)),
           sum(coalesce(error_count, 0)), sum(call_count - coalesce(success_count + error_count, 0))
    FROM chosen JOIN tool_usage AS used USING (user_id, session_id)
    GROUP BY used.user_id, stat_date, project_name, tool_name
    ON CONFLICT (user_id, stat_date, project_name, tool_name) DO UPDATE SET
        call_count = day.call_count + excluded.call_count,
        success_count = day.success_count + excluded.success_count,
        error_count = day.error_count + excluded.error_count,
        unreported_count = day.unreported_count + excluded.unreported_count
), known AS (
    INSERT INTO archived_sessions
    SELECT user_id, sha256(convert_to(session_id, 'UTF8')), ended_at, total_messages FROM chosen
), mail AS (
    DELETE FROM inbox USING chosen
    WHERE inbox.user_id = %(user_id)s AND inbox.kind = 'session' AND inbox.name = chosen.session_id
      AND inbox.state IN ('persisted', 'repeated', 'discarded')
), marks AS (
    INSERT INTO stale_exports (stat_date) SELECT DISTINCT stat_date FROM chosen ORDER BY stat_date
    ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at
)
DELETE FROM sessions USING chosen
WHERE sessions.user_id = %(user_id)s AND sessions.session_id = chosen.session_id;

-- name: retention_plans
WITH chosen AS MATERIALIZED (
    SELECT name FROM plans WHERE user_id = %(user_id)s AND received_at < %(before)s
    ORDER BY name LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), mail AS (
    DELETE FROM inbox USING chosen
    WHERE inbox.user_id = %(user_id)s AND inbox.kind = 'plan' AND inbox.name = chosen.name
      AND inbox.state IN ('persisted', 'repeated', 'discarded')
)
DELETE FROM plans WHERE user_id = %(user_id)s AND name IN (SELECT name FROM chosen);

-- name: retention_notes
-- Uploads that changed nothing, or were given up: nothing stands on these notes.
DELETE FROM inbox WHERE user_id = %(user_id)s AND inbox_id IN (
    SELECT inbox_id FROM inbox
    WHERE user_id = %(user_id)s AND state IN ('repeated', 'discarded') AND settled_at < %(before)s
    ORDER BY inbox_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
);

-- name: retention_quarantine
-- Given up for good, as an admin would: the body goes, the note stays.
UPDATE inbox SET state = 'discarded', body = NULL, settled_at = now()
WHERE inbox_id IN (
    SELECT inbox_id FROM inbox WHERE state = 'quarantined' AND settled_at < %(before)s
    ORDER BY inbox_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
) AND state = 'quarantined';

-- name: retention_audit
DELETE FROM audit_log WHERE entry_id IN (
    SELECT entry_id FROM audit_log WHERE happened_at < %(before)s
    ORDER BY entry_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
);

-- name: list_archived_sessions
-- Which of these sessions are in the sums already, and how far they had come.
SELECT wanted.user_id, wanted.session_id, archived.ended_at, archived.total_messages
FROM unnest(%(user_ids)s::bigint[], %(session_ids)s::text[]) AS wanted (user_id, session_id)
JOIN archived_sessions AS archived
    ON archived.user_id = wanted.user_id AND archived.id_hash = sha256(convert_to(wanted.session_id, 'UTF8'));
