-- One day of a large team, the same in two databases; and many small days, with something late for each.

-- name: bench_day_people
INSERT INTO users (username, share_level) SELECT 'person' || lpad(n::text, 3, '0'), 'metadata' FROM generate_series(1, %(people)s) AS n;

-- name: bench_day_sessions
INSERT INTO sessions (user_id, session_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out,
                      cache_read_tokens, cache_creation_tokens, reported_tokens_in, reported_tokens_out, model, git_branch,
                      agent, agent_version, share_level, content_hash, upload_id)
SELECT user_id, 's-' || lpad(n::text, 10, '0') || '-' || left(md5(n::text), 20), 'project-' || n %% 60, began,
       began + n %% 5000 * interval '1 second', n %% 90, n * 7919 %% 90000, n * 104729 %% 9000, n * 31 %% 900000, n * 17 %% 9000, 0, 0,
       'claude-opus-4-5-20251101', 'main', 'claude-code', '2.0.' || n %% 9, 'metadata', '', gen_random_uuid()
FROM generate_series(1, %(sessions)s::bigint) AS n
JOIN users ON username = 'person' || lpad((1 + n * 7 %% %(people)s)::text, 3, '0'),
LATERAL (SELECT %(day)s::date::timestamp AT TIME ZONE 'UTC' + n %% 86400 * interval '1 second' AS began) AS clock
ORDER BY n;

-- name: bench_day_tools
INSERT INTO tool_usage (user_id, session_id, tool_name, call_count, success_count, error_count)
SELECT user_id, session_id, 'Tool' || slot, 1 + length(session_id) * slot %% 40, 1 + length(session_id) * slot %% 40, 0
FROM sessions, generate_series(1, 8) AS slot ORDER BY session_id LIMIT %(tools)s;

-- name: bench_day_models
INSERT INTO session_models (user_id, session_id, model, responses, tokens_in, tokens_out, cache_read_tokens,
                            cache_creation_tokens, cost_usd, price_version)
SELECT user_id, session_id, model, 9, total_tokens_in, total_tokens_out, cache_read_tokens, cache_creation_tokens,
       total_tokens_in * 0.000005, 'made up'
FROM sessions;

-- name: bench_day_mark
INSERT INTO dirty_days (user_id, stat_date) SELECT DISTINCT user_id, (started_at AT TIME ZONE 'UTC')::date FROM sessions;

-- name: bench_peer_day_people
INSERT INTO users (username, api_key_hash) SELECT 'person' || lpad(n::text, 3, '0'), n::text FROM generate_series(1, %(people)s) AS n;

-- name: bench_peer_day_sessions
INSERT INTO sessions (id, user_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out, model)
SELECT 's-' || lpad(n::text, 10, '0') || '-' || left(md5(n::text), 20), users.id, 'project-' || n %% 60, began,
       began + n %% 5000 * interval '1 second', n %% 90, n * 7919 %% 90000, n * 104729 %% 9000, 'claude-opus-4-5-20251101'
FROM generate_series(1, %(sessions)s::bigint) AS n
JOIN users ON username = 'person' || lpad((1 + n * 7 %% %(people)s)::text, 3, '0'),
LATERAL (SELECT %(day)s::date::timestamp AT TIME ZONE 'UTC' + n %% 86400 * interval '1 second' AS began) AS clock
ORDER BY n;

-- name: bench_peer_day_tools
INSERT INTO tool_usage (session_id, tool_name, call_count, success_count, error_count)
SELECT id, 'Tool' || slot, 1 + length(id) * slot %% 40, 1 + length(id) * slot %% 40, 0
FROM sessions, generate_series(1, 8) AS slot ORDER BY id LIMIT %(tools)s;

-- name: bench_days_settle
VACUUM (ANALYZE);

-- name: bench_days_checkpoint
CHECKPOINT;

-- name: bench_old_sessions
-- So many sessions on each of so many days before today, each with two tools and its model.
WITH made AS (
    INSERT INTO sessions (user_id, session_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out,
                          cache_read_tokens, cache_creation_tokens, reported_tokens_in, reported_tokens_out, model, share_level,
                          content_hash, upload_id)
    SELECT user_id, %(name)s || '-' || day || '-' || n, 'project-' || n %% 60, began, began + interval '20 minutes', 9, 1000, 100, 5000, 500, 0, 0,
           'claude-opus-4-5-20251101', 'metadata', '', gen_random_uuid()
    FROM generate_series(1, %(days)s) AS day CROSS JOIN generate_series(1, %(each)s) AS n
    JOIN users ON username = 'person' || lpad((1 + (day * 7 + n %% 20) %% %(people)s)::text, 3, '0'),
    LATERAL (SELECT (%(day)s::date - day)::timestamp AT TIME ZONE 'UTC' + n * interval '1 minute' AS began) AS clock
    RETURNING user_id, session_id, model, total_tokens_in, total_tokens_out, cache_read_tokens, cache_creation_tokens, started_at
), tools AS (
    INSERT INTO tool_usage (user_id, session_id, tool_name, call_count)
    SELECT user_id, session_id, 'Tool' || slot, slot FROM made, generate_series(1, 2) AS slot
), models AS (
    INSERT INTO session_models (user_id, session_id, model, responses, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens)
    SELECT user_id, session_id, model, 3, total_tokens_in, total_tokens_out, cache_read_tokens, cache_creation_tokens FROM made
)
INSERT INTO dirty_days (user_id, stat_date) SELECT DISTINCT user_id, (started_at AT TIME ZONE 'UTC')::date FROM made;
