-- From the inbox to rows, a whole set at a time. `inbox_ids` are rows this transaction has claimed.

-- name: sessions_current
-- What is stored now of these sessions, held until we commit.
SELECT user_id, session_id, share_level, started_at, ended_at, total_messages, encode(content_hash, 'hex') AS content_hash
FROM sessions
WHERE (user_id, session_id) IN (SELECT * FROM unnest(%(user_ids)s::bigint[], %(session_ids)s::text[]))
ORDER BY user_id, session_id
FOR UPDATE;

-- name: sessions_upsert
-- The newer snapshot takes the place of the older one, whole.
INSERT INTO sessions (
    user_id, session_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out,
    cache_read_tokens, cache_creation_tokens, reported_tokens_in, reported_tokens_out, model, git_branch, machine,
    agent, agent_version, share_level, content_hash, upload_id, imported_at
)
SELECT inbox.user_id, inbox.name, body.project_name, body.started_at, body.ended_at, body.total_messages,
       body.total_tokens_in, body.total_tokens_out, body.cache_read_tokens, body.cache_creation_tokens,
       body.reported_tokens_in, body.reported_tokens_out, body.model, body.git_branch, body.machine,
       body.agent, body.agent_version, inbox.share_level, decode(body.content_hash, 'hex'), inbox.upload_id, now()
FROM inbox,
     jsonb_to_record(inbox.body) AS body (
         project_name text, started_at timestamptz, ended_at timestamptz, total_messages bigint,
         total_tokens_in bigint, total_tokens_out bigint, cache_read_tokens bigint, cache_creation_tokens bigint,
         reported_tokens_in bigint, reported_tokens_out bigint, model text, git_branch text, machine text,
         agent text, agent_version text, content_hash text
     )
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
ORDER BY inbox.user_id, inbox.name
ON CONFLICT (user_id, session_id) DO UPDATE SET
    project_name = excluded.project_name,
    started_at = excluded.started_at,
    ended_at = excluded.ended_at,
    total_messages = excluded.total_messages,
    total_tokens_in = excluded.total_tokens_in,
    total_tokens_out = excluded.total_tokens_out,
    cache_read_tokens = excluded.cache_read_tokens,
    cache_creation_tokens = excluded.cache_creation_tokens,
    reported_tokens_in = excluded.reported_tokens_in,
    reported_tokens_out = excluded.reported_tokens_out,
    model = excluded.model,
    git_branch = excluded.git_branch,
    machine = excluded.machine,
    agent = excluded.agent,
    agent_version = excluded.agent_version,
    share_level = excluded.share_level,
    content_hash = excluded.content_hash,
    upload_id = excluded.upload_id,
    imported_at = excluded.imported_at;

-- name: parts_delete_tool_usage
DELETE FROM tool_usage USING inbox
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
  AND tool_usage.user_id = inbox.user_id AND tool_usage.session_id = inbox.name;

-- name: parts_delete_session_tags
DELETE FROM session_tags USING inbox
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
  AND session_tags.user_id = inbox.user_id AND session_tags.session_id = inbox.name;

-- name: parts_delete_session_models
DELETE FROM session_models USING inbox
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
  AND session_models.user_id = inbox.user_id AND session_models.session_id = inbox.name;

-- name: parts_delete_tool_calls
DELETE FROM tool_calls USING inbox
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
  AND tool_calls.user_id = inbox.user_id AND tool_calls.session_id = inbox.name;

-- name: parts_delete_messages
DELETE FROM messages USING inbox
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
  AND messages.user_id = inbox.user_id AND messages.session_id = inbox.name;

-- name: parts_insert_tool_usage
INSERT INTO tool_usage (user_id, session_id, tool_name, call_count, success_count, error_count)
SELECT inbox.user_id, inbox.name, tool.tool_name, tool.call_count, tool.success_count, tool.error_count
FROM inbox, jsonb_to_recordset(inbox.body -> 'tools')
     AS tool (tool_name text, call_count bigint, success_count bigint, error_count bigint)
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending';

-- name: parts_insert_session_tags
INSERT INTO session_tags (user_id, session_id, tag, auto_generated)
SELECT inbox.user_id, inbox.name, tag.tag, tag.auto_generated
FROM inbox, jsonb_to_recordset(inbox.body -> 'tags') AS tag (tag text, auto_generated boolean)
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending';

-- name: parts_insert_session_models
-- The cost comes beside the body: it was worked out from the single responses.
INSERT INTO session_models (
    user_id, session_id, model, responses, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens,
    cost_usd, price_version
)
SELECT inbox.user_id, inbox.name, model.model, model.responses, model.tokens_in, model.tokens_out,
       model.cache_read_tokens, model.cache_creation_tokens, cost.cost_usd,
       CASE WHEN cost.cost_usd IS NOT NULL THEN %(price_version)s END
FROM inbox
CROSS JOIN jsonb_to_recordset(inbox.body -> 'models') AS model (
    model text, responses bigint, tokens_in bigint, tokens_out bigint, cache_read_tokens bigint, cache_creation_tokens bigint
)
LEFT JOIN unnest(%(cost_inbox_ids)s::bigint[], %(cost_models)s::text[], %(costs)s::numeric[])
     AS cost (inbox_id, model, cost_usd) ON cost.inbox_id = inbox.inbox_id AND cost.model = model.model
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending';

-- name: parts_insert_tool_calls
INSERT INTO tool_calls (user_id, session_id, position, message_sequence, tool_name, tool_input, tool_output, duration_ms, success)
SELECT inbox.user_id, inbox.name, call.position, call.message_sequence, call.tool_name,
       call.tool_input, call.tool_output, call.duration_ms, call.success
FROM inbox, jsonb_to_recordset(inbox.body -> 'tool_calls') AS call (
    position bigint, message_sequence bigint, tool_name text, tool_input text, tool_output text,
    duration_ms bigint, success boolean
)
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending';

-- name: parts_insert_messages
INSERT INTO messages (user_id, session_id, sequence, timestamp, role, content, content_hash)
SELECT inbox.user_id, inbox.name, message.sequence, message.timestamp, message.role, message.content,
       sha256(convert_to(message.content, 'UTF8'))
FROM inbox, jsonb_to_recordset(inbox.body -> 'messages')
     AS message (sequence bigint, timestamp timestamptz, role text, content text)
WHERE inbox.inbox_id = ANY (%(inbox_ids)s::bigint[]) AND inbox.state = 'pending'
  AND inbox.share_level = 'full';

-- name: days_mark_dirty
INSERT INTO dirty_days (user_id, stat_date)
SELECT DISTINCT user_id, (started_at AT TIME ZONE %(zone)s)::date
FROM unnest(%(user_ids)s::bigint[], %(starts)s::timestamptz[]) AS changed (user_id, started_at);
