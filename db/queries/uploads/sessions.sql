-- From the inbox to rows, a whole set at a time. `inbox_ids` are rows this transaction has claimed.

-- name: list_stored_sessions
-- What is stored now of these sessions, held until we commit.
SELECT user_id, session_id, share_level, started_at, ended_at, total_messages, encode(content_hash, 'hex') AS content_hash
FROM sessions
WHERE (user_id, session_id) IN (SELECT * FROM unnest(%(user_ids)s::bigint[], %(session_ids)s::text[]))
ORDER BY user_id, session_id
FOR UPDATE;

-- name: parts_delete
-- prepare: inbox_ids bigint[]
-- The newer snapshot takes the place of the older one, whole: first the older one's parts go.
WITH mail AS (
    SELECT user_id, name AS session_id FROM inbox WHERE inbox_id = ANY (%(inbox_ids)s) AND state = 'pending'
), tools AS (
    DELETE FROM tool_usage AS part USING mail WHERE part.user_id = mail.user_id AND part.session_id = mail.session_id
), tags AS (
    DELETE FROM session_tags AS part USING mail WHERE part.user_id = mail.user_id AND part.session_id = mail.session_id
), models AS (
    DELETE FROM session_models AS part USING mail WHERE part.user_id = mail.user_id AND part.session_id = mail.session_id
), calls AS (
    DELETE FROM tool_calls AS part USING mail WHERE part.user_id = mail.user_id AND part.session_id = mail.session_id
)
DELETE FROM messages AS part USING mail WHERE part.user_id = mail.user_id AND part.session_id = mail.session_id;

-- name: sessions_store
-- prepare: inbox_ids bigint[], cost_inbox_ids bigint[], cost_models text[], costs numeric[], price_version text, timeline_inbox_ids bigint[], timelines jsonb[]
-- The sessions with all their parts, one upload a session. The cost comes beside the body: it was worked out from the
-- single responses.
WITH mail AS MATERIALIZED (
    SELECT inbox_id, user_id, name AS session_id, share_level, upload_id, body FROM inbox
    WHERE inbox_id = ANY (%(inbox_ids)s) AND state = 'pending'
    ORDER BY user_id, name
), tools AS (
    INSERT INTO tool_usage (user_id, session_id, tool_name, call_count, success_count, error_count)
    SELECT mail.user_id, mail.session_id, tool.tool_name, tool.call_count, tool.success_count, tool.error_count
    FROM mail, jsonb_to_recordset(mail.body -> 'tools')
         AS tool (tool_name text, call_count bigint, success_count bigint, error_count bigint)
), tags AS (
    INSERT INTO session_tags (user_id, session_id, tag, auto_generated)
    SELECT mail.user_id, mail.session_id, tag.tag, tag.auto_generated
    FROM mail, jsonb_to_recordset(mail.body -> 'tags') AS tag (tag text, auto_generated boolean)
), models AS (
    INSERT INTO session_models (
        user_id, session_id, model, responses, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens,
        cost_usd, price_version
    )
    SELECT mail.user_id, mail.session_id, model.model, model.responses, model.tokens_in, model.tokens_out,
           model.cache_read_tokens, model.cache_creation_tokens, cost.cost_usd,
           CASE WHEN cost.cost_usd IS NOT NULL THEN %(price_version)s END
    FROM mail
    CROSS JOIN jsonb_to_recordset(mail.body -> 'models') AS model (
        model text, responses bigint, tokens_in bigint, tokens_out bigint, cache_read_tokens bigint,
        cache_creation_tokens bigint
    )
    LEFT JOIN unnest(%(cost_inbox_ids)s, %(cost_models)s, %(costs)s) AS cost (inbox_id, model, cost_usd)
        ON cost.inbox_id = mail.inbox_id AND cost.model = model.model
), calls AS (
    INSERT INTO tool_calls (
        user_id, session_id, position, message_sequence, tool_name, tool_input, tool_output, duration_ms, success
    )
    SELECT mail.user_id, mail.session_id, call.position, call.message_sequence, call.tool_name,
           call.tool_input, call.tool_output, call.duration_ms, call.success
    FROM mail, jsonb_to_recordset(mail.body -> 'tool_calls') AS call (
        position bigint, message_sequence bigint, tool_name text, tool_input text, tool_output text,
        duration_ms bigint, success boolean
    )
), texts AS (
    INSERT INTO messages (user_id, session_id, sequence, timestamp, role, content, content_hash)
    SELECT mail.user_id, mail.session_id, message.sequence, message.timestamp, message.role, message.content,
           sha256(convert_to(message.content, 'UTF8'))
    FROM mail, jsonb_to_recordset(mail.body -> 'messages')
         AS message (sequence bigint, timestamp timestamptz, role text, content text)
    WHERE mail.share_level = 'full'
)
INSERT INTO sessions (
    user_id, session_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out,
    cache_read_tokens, cache_creation_tokens, reported_tokens_in, reported_tokens_out, model, git_branch, machine,
    agent, agent_version, share_level, content_hash, upload_id, token_timeline, imported_at
)
SELECT mail.user_id, mail.session_id, body.project_name, body.started_at, body.ended_at, body.total_messages,
       body.total_tokens_in, body.total_tokens_out, body.cache_read_tokens, body.cache_creation_tokens,
       body.reported_tokens_in, body.reported_tokens_out, body.model, body.git_branch, body.machine,
       body.agent, body.agent_version, mail.share_level, decode(body.content_hash, 'hex'), mail.upload_id, timeline.steps, now()
FROM mail
LEFT JOIN unnest(%(timeline_inbox_ids)s, %(timelines)s) AS timeline (inbox_id, steps) USING (inbox_id)
CROSS JOIN jsonb_to_record(mail.body) AS body (
         project_name text, started_at timestamptz, ended_at timestamptz, total_messages bigint,
         total_tokens_in bigint, total_tokens_out bigint, cache_read_tokens bigint, cache_creation_tokens bigint,
         reported_tokens_in bigint, reported_tokens_out bigint, model text, git_branch text, machine text,
         agent text, agent_version text, content_hash text
     )
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
    token_timeline = excluded.token_timeline,
    imported_at = excluded.imported_at;

-- name: mark_days_dirty
INSERT INTO dirty_days (user_id, stat_date)
SELECT DISTINCT user_id, (started_at AT TIME ZONE %(zone)s)::date
FROM unnest(%(user_ids)s::bigint[], %(starts)s::timestamptz[]) AS changed (user_id, started_at);
