-- All of one's own data, for a download: piece by piece, so that years of it need no memory. Each row is one JSON text.

-- name: own_data_account
SELECT (to_jsonb(users) - 'user_id' - 'password_hash' - 'session_epoch')::text AS piece FROM users WHERE user_id = %(user_id)s;

-- name: own_data_keys
SELECT (to_jsonb(api_keys) - 'user_id' - 'key_id' - 'key_hash')::text AS piece
FROM api_keys WHERE user_id = %(user_id)s ORDER BY key_id LIMIT 10000;

-- name: own_data_session_ids
SELECT session_id FROM sessions WHERE user_id = %(user_id)s AND session_id > %(after)s ORDER BY session_id LIMIT %(limit)s;

-- name: own_data_session
-- The whole of one session; text that is to be removed is in no download.
WITH purged AS (SELECT EXISTS (SELECT FROM text_purges WHERE user_id = %(user_id)s) AS already)
SELECT (
    to_jsonb(sessions) - 'user_id' - 'content_hash' || jsonb_build_object(
        'tags', (SELECT coalesce(jsonb_agg(tag ORDER BY tag), '[]') FROM session_tags
                 WHERE user_id = %(user_id)s AND session_id = %(session_id)s),
        'tools', (SELECT coalesce(jsonb_agg(to_jsonb(used) - 'user_id' - 'session_id' ORDER BY tool_name), '[]')
                  FROM tool_usage AS used WHERE user_id = %(user_id)s AND session_id = %(session_id)s),
        'models', (SELECT coalesce(jsonb_agg(to_jsonb(used) - 'user_id' - 'session_id' ORDER BY model), '[]')
                   FROM session_models AS used WHERE user_id = %(user_id)s AND session_id = %(session_id)s),
        'tool_calls', (SELECT coalesce(jsonb_agg(
                           CASE WHEN purged.already
                                THEN to_jsonb(call) - 'user_id' - 'session_id' - 'tool_input' - 'tool_output'
                                ELSE to_jsonb(call) - 'user_id' - 'session_id' END ORDER BY position), '[]')
                       FROM tool_calls AS call, purged WHERE user_id = %(user_id)s AND session_id = %(session_id)s),
        'messages', (SELECT coalesce(jsonb_agg(to_jsonb(message) - 'user_id' - 'session_id' - 'content_hash' ORDER BY sequence), '[]')
                     FROM messages AS message, purged
                     WHERE user_id = %(user_id)s AND session_id = %(session_id)s AND NOT purged.already)
    )
)::text AS piece
FROM sessions WHERE user_id = %(user_id)s AND session_id = %(session_id)s;

-- name: own_data_plan_names
SELECT name FROM plans WHERE user_id = %(user_id)s AND name > %(after)s ORDER BY name LIMIT %(limit)s;

-- name: own_data_plan
SELECT (to_jsonb(plans) - 'user_id' - 'content_hash'
        - CASE WHEN user_id IN (SELECT user_id FROM text_purges) THEN 'content' ELSE '' END)::text AS piece
FROM plans WHERE user_id = %(user_id)s AND name = %(name)s;

-- name: own_data_inbox_ids
-- What waits or lies in quarantine; of everything else the inbox keeps no body.
SELECT inbox_id FROM inbox
WHERE user_id = %(user_id)s AND body IS NOT NULL AND inbox_id > %(after)s ORDER BY inbox_id LIMIT %(limit)s;

-- name: own_data_upload
SELECT jsonb_build_object(
           'upload_id', upload_id, 'kind', kind, 'name', name, 'state', state, 'reason', reason, 'received_at', received_at,
           'body', CASE WHEN share_level <> 'full' OR user_id NOT IN (SELECT user_id FROM text_purges) THEN body END
       )::text AS piece
FROM inbox WHERE user_id = %(user_id)s AND inbox_id = %(inbox_id)s;

-- name: own_data_days
SELECT (to_jsonb(daily_stats) - 'user_id' - 'computed_at')::text AS piece
FROM daily_stats WHERE user_id = %(user_id)s ORDER BY stat_date LIMIT 10000;

-- name: own_data_history
-- What was done by this person, and to them.
SELECT jsonb_build_object('happened_at', happened_at, 'action', action, 'detail', detail, 'by_me', actor_id IS NOT DISTINCT FROM %(user_id)s)::text AS piece
FROM audit_log WHERE subject_id = %(user_id)s OR actor_id = %(user_id)s AND subject_id IS NULL
ORDER BY entry_id DESC LIMIT 10000;

-- name: list_own_audit_events
-- What was done to this person lately, and by whom.
SELECT entry.happened_at, entry.action, entry.detail, actor.username AS actor,
       entry.actor_id IS NOT DISTINCT FROM %(user_id)s AS by_me
FROM audit_log AS entry LEFT JOIN users AS actor ON actor.user_id = entry.actor_id
WHERE entry.subject_id = %(user_id)s
ORDER BY entry.happened_at DESC, entry.entry_id DESC LIMIT %(limit)s;
