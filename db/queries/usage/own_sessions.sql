-- One's own sessions: every statement asks for the person, so nobody else's can be in the answer. Text is shown to its owner
-- as long as it is shared; what is to be removed is shown to nobody.

-- name: own_sessions_newest
SELECT session_id, project_name, started_at, duration_seconds, total_messages,
       total_tokens_in::bigint AS tokens_in, total_tokens_out::bigint AS tokens_out, model, git_branch
FROM sessions
WHERE user_id = %(user_id)s
  AND (%(pattern)s::text IS NULL
       OR concat_ws(' ', project_name, model, git_branch, session_id) ILIKE %(pattern)s
       OR EXISTS (SELECT FROM session_tags AS tag
                  WHERE tag.user_id = sessions.user_id AND tag.session_id = sessions.session_id AND tag.tag ILIKE %(pattern)s))
ORDER BY started_at DESC, session_id
LIMIT %(limit)s OFFSET %(offset)s;

-- name: own_sessions_sorted
-- By any other measure all of the person's sessions are sorted, which are thousands at most; unknown comes last.
SELECT session_id, project_name, started_at, duration_seconds, total_messages,
       total_tokens_in::bigint AS tokens_in, total_tokens_out::bigint AS tokens_out, model, git_branch
FROM sessions
WHERE user_id = %(user_id)s
  AND (%(pattern)s::text IS NULL
       OR concat_ws(' ', project_name, model, git_branch, session_id) ILIKE %(pattern)s
       OR EXISTS (SELECT FROM session_tags AS tag
                  WHERE tag.user_id = sessions.user_id AND tag.session_id = sessions.session_id AND tag.tag ILIKE %(pattern)s))
ORDER BY %(sign)s * CASE %(sort)s
             WHEN 'started' THEN extract(epoch FROM started_at)::bigint
             WHEN 'duration' THEN duration_seconds
             WHEN 'messages' THEN total_messages
             WHEN 'tokens' THEN (total_tokens_in + total_tokens_out)::bigint
         END NULLS LAST, started_at DESC, session_id
LIMIT %(limit)s OFFSET %(offset)s;

-- name: count_own_sessions
SELECT count(*) AS found
FROM (
    SELECT FROM sessions
    WHERE user_id = %(user_id)s
      AND (%(pattern)s::text IS NULL
           OR concat_ws(' ', project_name, model, git_branch, session_id) ILIKE %(pattern)s
           OR EXISTS (SELECT FROM session_tags AS tag
                      WHERE tag.user_id = sessions.user_id AND tag.session_id = sessions.session_id
                        AND tag.tag ILIKE %(pattern)s))
    LIMIT %(most)s
) AS counted;

-- name: fetch_own_session
SELECT session_id, project_name, started_at, ended_at, duration_seconds, total_messages,
       total_tokens_in::bigint AS tokens_in, total_tokens_out::bigint AS tokens_out,
       cache_read_tokens::bigint AS cache_read_tokens, cache_creation_tokens::bigint AS cache_creation_tokens,
       model, git_branch, machine, agent, agent_version, imported_at, token_timeline,
       share_level = 'full' AND user_id NOT IN (SELECT user_id FROM text_purges) AS text_shared
FROM sessions WHERE user_id = %(user_id)s AND session_id = %(session_id)s;

-- name: own_session_tools
SELECT tool_name, call_count::bigint AS call_count, success_count::bigint AS success_count, error_count::bigint AS error_count
FROM tool_usage WHERE user_id = %(user_id)s AND session_id = %(session_id)s
ORDER BY call_count DESC, tool_name LIMIT %(limit)s;

-- name: own_session_models
SELECT model, responses, tokens_in::bigint AS tokens_in, tokens_out::bigint AS tokens_out,
       cache_read_tokens::bigint AS cache_read_tokens, cache_creation_tokens::bigint AS cache_creation_tokens, cost_usd
FROM session_models WHERE user_id = %(user_id)s AND session_id = %(session_id)s
ORDER BY session_models.tokens_in + session_models.tokens_out DESC, model LIMIT %(limit)s;

-- name: own_session_tags
-- What people wrote themselves before what clients count.
SELECT tag FROM session_tags WHERE user_id = %(user_id)s AND session_id = %(session_id)s
ORDER BY auto_generated, tag LIMIT %(limit)s;

-- name: list_session_messages
SELECT sequence, timestamp, role, left(content, %(longest)s) AS content, length(content) AS length
FROM messages
WHERE user_id = %(user_id)s AND session_id = %(session_id)s
  AND user_id NOT IN (SELECT user_id FROM text_purges)
ORDER BY sequence LIMIT %(limit)s OFFSET %(offset)s;

-- name: count_session_messages
SELECT count(*) AS found FROM messages
WHERE user_id = %(user_id)s AND session_id = %(session_id)s
  AND user_id NOT IN (SELECT user_id FROM text_purges);

-- name: list_session_calls
-- The calls that belong to a stretch of messages.
SELECT message_sequence, tool_name, duration_ms, success,
       left(tool_input, %(longest)s) AS tool_input, left(tool_output, %(longest)s) AS tool_output
FROM tool_calls
WHERE user_id = %(user_id)s AND session_id = %(session_id)s
  AND message_sequence BETWEEN %(first)s AND %(last)s
  AND user_id NOT IN (SELECT user_id FROM text_purges)
ORDER BY position LIMIT %(limit)s;
