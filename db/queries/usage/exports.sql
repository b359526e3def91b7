-- What analysts get, read as lines of CSV; and which files there are. Message text is in none of it.

-- name: read_exported_sessions
-- The sessions of some team days, a line of CSV each. Names are quoted where they must be. For null stands nothing, and for a
-- number that is null -1: concat_ws would leave out the place of a null, and concat with commas of its own takes half as long again.
DECLARE exported NO SCROLL CURSOR FOR
SELECT concat_ws(',', quote_ident(session_id), quote_ident(username), coalesce(quote_ident(project_name), ''), started_at,
                 coalesce(ended_at::text, ''), coalesce(duration_seconds, -1), total_messages, total_tokens_in, total_tokens_out,
                 cache_read_tokens, cache_creation_tokens, coalesce(quote_ident(model), ''), coalesce(quote_ident(git_branch), ''),
                 coalesce(quote_ident(agent), ''), coalesce(quote_ident(agent_version), '')) AS line
FROM sessions_between(%(first)s, %(last)s, %(zone)s) JOIN users USING (user_id)
ORDER BY started_at, user_id, session_id;

-- name: exported_tools
-- The tools of the same sessions, all lines of a piece of a chunk of them at a time: each says which of the chunk its session
-- is. They are sorted by the piece alone, after OFFSET has had the lines made: whole rows, or by name, would take half as long again.
DECLARE exported NO SCROLL CURSOR FOR
WITH numbered AS (
    SELECT user_id, session_id, row_number() OVER (ORDER BY started_at, user_id, session_id) - 1 AS place
    FROM sessions_between(%(first)s, %(last)s, %(zone)s)
), told AS (
    SELECT place / %(piece)s AS piece,
           CASE WHEN tool_name IS NOT NULL THEN
               concat_ws(',', mod(place, %(size)s), quote_ident(tool_name), call_count, coalesce(success_count, -1),
                         coalesce(error_count, -1))
           END AS line
    FROM numbered LEFT JOIN tool_usage USING (user_id, session_id) OFFSET 0
)
SELECT string_agg(line, E'\n') AS lines FROM told GROUP BY piece ORDER BY piece;

-- name: exported_models
-- Their models, likewise.
DECLARE exported NO SCROLL CURSOR FOR
WITH numbered AS (
    SELECT user_id, session_id, row_number() OVER (ORDER BY started_at, user_id, session_id) - 1 AS place
    FROM sessions_between(%(first)s, %(last)s, %(zone)s)
), told AS (
    SELECT place / %(piece)s AS piece,
           CASE WHEN model IS NOT NULL THEN
               concat_ws(',', mod(place, %(size)s), quote_ident(model), responses, tokens_in, tokens_out, cache_read_tokens,
                         cache_creation_tokens, coalesce(cost_usd, -1), coalesce(quote_ident(price_version), ''))
           END AS line
    FROM numbered LEFT JOIN session_models USING (user_id, session_id) OFFSET 0
)
SELECT string_agg(line, E'\n') AS lines FROM told GROUP BY piece ORDER BY piece;

-- name: read_exported_days
DECLARE exported NO SCROLL CURSOR FOR
SELECT concat_ws(',', quote_ident(username), stat_date, session_count, total_messages, total_tokens_in, total_tokens_out,
                 cache_read_tokens, cache_creation_tokens, total_duration_seconds, coalesce(cost_usd, -1), unpriced_tokens) AS line
FROM daily_stats JOIN users USING (user_id)
WHERE stat_date BETWEEN %(first)s AND %(last)s
ORDER BY stat_date, user_id;

-- name: exported_whole
-- Planned for all rows: by default a cursor is for whoever wants the first ones soon. A large day is joined and sorted in memory,
-- a larger one on disk: a hash would hold every line of it. And a connection may be idle for as long as a statement of its
-- neighbour lasts: sessions are read far ahead while a month's tools are still being sorted.
SELECT set_config('cursor_tuple_fraction', '1', true), set_config('work_mem', '64MB', true), set_config('enable_hashagg', 'off', true),
       set_config('idle_in_transaction_session_timeout', current_setting('statement_timeout'), true);

-- name: exported_more
FETCH FORWARD %(limit)s FROM exported;

-- name: exported_end
CLOSE exported;

-- name: lock_exports
-- One writer at a time, on whatever machine: held by a connection for as long as it lives.
SELECT pg_try_advisory_lock(715006) AS held;

-- name: mark_days_stale
-- In the order of the days, so that two who mark never wait for each other.
INSERT INTO stale_exports (stat_date)
SELECT DISTINCT day FROM unnest(%(days)s::date[]) AS wanted (day) ORDER BY day
ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at;

-- name: mark_all_days_stale
-- Every day there is a figure or a file of.
INSERT INTO stale_exports (stat_date)
SELECT day FROM (
    SELECT stat_date AS day FROM daily_stats
    UNION SELECT first_day FROM exported_files
) AS known ORDER BY day
ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at;

-- name: mark_days_of_user_stale
INSERT INTO stale_exports (stat_date)
SELECT DISTINCT first_day FROM exported_files
WHERE people @> ARRAY(SELECT username::text FROM users WHERE user_id = %(user_id)s) ORDER BY first_day
ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at;

-- name: exports_stale
SELECT stat_date, change FROM stale_exports ORDER BY stat_date;

-- name: exports_stale_between
SELECT stat_date, change FROM stale_exports WHERE stat_date BETWEEN %(first)s AND %(last)s;

-- name: count_stale_days
SELECT count(*) AS days FROM stale_exports;

-- name: exports_settle
-- Only the changes that the files hold; a later one stays.
DELETE FROM stale_exports AS stale USING unnest(%(days)s::date[], %(changes)s::bigint[]) AS done (stat_date, change)
WHERE stale.stat_date = done.stat_date AND stale.change = done.change;

-- name: list_exported_files
SELECT path, dataset, first_day, last_day, row_count, byte_count, sha256, schema_version, people, written_at
FROM exported_files ORDER BY path;

-- name: exported_files_gone
DELETE FROM exported_files WHERE first_day >= %(first)s AND last_day <= %(last)s;

-- name: exported_file_note
INSERT INTO exported_files (path, dataset, first_day, last_day, row_count, byte_count, sha256, schema_version, people)
VALUES (%(path)s, %(dataset)s, %(first_day)s, %(last_day)s, %(row_count)s, %(byte_count)s, %(sha256)s, %(schema_version)s,
        %(people)s);

-- name: fetch_export_target_id
SELECT lake_id::text AS lake_id FROM export_state;
