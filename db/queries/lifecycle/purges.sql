-- Text that must go, in steps of `limit` rows: what persist holds now is waited for, and nothing new can come meanwhile.

-- name: request_text_purge
-- Asked for in the transaction that lowers the level, which holds the person: every earlier upload is in the inbox by now.
INSERT INTO text_purges (user_id, last_inbox_id)
SELECT %(user_id)s, coalesce(max(inbox_id), 0) FROM inbox WHERE user_id = %(user_id)s
ON CONFLICT (user_id) DO UPDATE SET last_inbox_id = excluded.last_inbox_id, requested_at = excluded.requested_at;

-- name: text_purge_of
SELECT last_inbox_id FROM text_purges WHERE user_id = %(user_id)s;

-- name: list_open_text_purges
SELECT user_id FROM text_purges ORDER BY requested_at LIMIT 1000;

-- name: text_purge_inbox
-- Waiting and quarantined uploads first: persist makes sessions of them.
WITH chosen AS (
    SELECT inbox_id FROM inbox
    WHERE user_id = %(user_id)s AND body IS NOT NULL AND share_level = 'full' AND inbox_id <= %(last_inbox_id)s
    ORDER BY inbox_id LIMIT %(limit)s
    FOR UPDATE
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

-- name: text_purge_sessions
-- The level a session is stored at says whether its text is there: both go together.
WITH chosen AS MATERIALIZED (
    SELECT session_id FROM sessions
    WHERE user_id = %(user_id)s AND share_level = 'full'
    ORDER BY session_id LIMIT %(limit)s
    FOR UPDATE
), texts AS (
    DELETE FROM messages WHERE user_id = %(user_id)s AND session_id IN (SELECT session_id FROM chosen)
), calls AS (
    UPDATE tool_calls SET tool_input = NULL, tool_output = NULL
    WHERE user_id = %(user_id)s AND session_id IN (SELECT session_id FROM chosen)
      AND (tool_input IS NOT NULL OR tool_output IS NOT NULL)
)
UPDATE sessions SET share_level = 'metadata'
WHERE user_id = %(user_id)s AND session_id IN (SELECT session_id FROM chosen);

-- name: text_purge_plans
WITH chosen AS (
    SELECT name FROM plans WHERE user_id = %(user_id)s AND share_level = 'full'
    ORDER BY name LIMIT %(limit)s
    FOR UPDATE
)
UPDATE plans SET content = NULL, share_level = 'metadata'
WHERE user_id = %(user_id)s AND name IN (SELECT name FROM chosen);

-- name: text_purge_done
-- Over, unless something is left or it was asked for once more.
DELETE FROM text_purges
WHERE user_id = %(user_id)s AND last_inbox_id = %(last_inbox_id)s
  AND NOT EXISTS (
      SELECT FROM inbox WHERE user_id = %(user_id)s AND body IS NOT NULL AND share_level = 'full'
          AND inbox_id <= %(last_inbox_id)s
  )
  AND NOT EXISTS (SELECT FROM sessions WHERE user_id = %(user_id)s AND share_level = 'full')
  AND NOT EXISTS (SELECT FROM plans WHERE user_id = %(user_id)s AND share_level = 'full');
