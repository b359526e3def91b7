-- What analysts get, read as lines of CSV; and which files there are. Message text is in none of it.

-- name: exported_sessions
-- The sessions of some team days with their models: the line of each, those of its models, and how many these are. Names are
-- quoted as in CSV, and nothing stands for null. IS FALSE keeps the planner from taking nearly all for other days' sessions.
DECLARE exported NO SCROLL CURSOR FOR
SELECT concat(quote_ident(held.session_id), ',', quote_ident(username), ',', quote_ident(project_name), ',', started_at, ',',
              ended_at, ',', duration_seconds, ',', total_messages, ',', total_tokens_in, ',', total_tokens_out, ',',
              cache_read_tokens, ',', cache_creation_tokens, ',', quote_ident(model), ',', quote_ident(git_branch), ',',
              quote_ident(agent), ',', quote_ident(agent_version)) AS session,
       models.lines, models.found
FROM (
    SELECT sessions.*, users.username FROM users JOIN sessions USING (user_id)
    WHERE started_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
      AND started_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
      AND ((started_at AT TIME ZONE %(zone)s)::date NOT BETWEEN %(first)s AND %(last)s) IS FALSE
    ORDER BY user_id, session_id
) AS held
CROSS JOIN LATERAL (
    SELECT string_agg(concat(quote_ident(used.model), ',', responses, ',', tokens_in, ',', tokens_out, ',',
                             used.cache_read_tokens, ',', used.cache_creation_tokens, ',', cost_usd, ',',
                             quote_ident(price_version)), E'\n' ORDER BY used.model) AS lines,
           count(*) AS found
    FROM session_models AS used WHERE used.user_id = held.user_id AND used.session_id = held.session_id
) AS models
ORDER BY held.user_id, held.session_id;

-- name: exported_tools
-- The tools of the same sessions in the same order, for another connection to read meanwhile.
DECLARE exported NO SCROLL CURSOR FOR
SELECT tools.lines, tools.found
FROM (
    SELECT user_id, session_id FROM sessions
    WHERE started_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s - interval '4 hours'
      AND started_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s + interval '4 hours'
      AND ((started_at AT TIME ZONE %(zone)s)::date NOT BETWEEN %(first)s AND %(last)s) IS FALSE
    ORDER BY user_id, session_id
) AS held
CROSS JOIN LATERAL (
    SELECT string_agg(concat(quote_ident(tool_name), ',', call_count, ',', success_count, ',', error_count),
                      E'\n' ORDER BY tool_name) AS lines,
           count(*) AS found
    FROM tool_usage AS used WHERE used.user_id = held.user_id AND used.session_id = held.session_id
) AS tools
ORDER BY held.user_id, held.session_id;

-- name: exported_days
DECLARE exported NO SCROLL CURSOR FOR
SELECT concat(quote_ident(username), ',', stat_date, ',', session_count, ',', total_messages, ',', total_tokens_in, ',',
              total_tokens_out, ',', cache_read_tokens, ',', cache_creation_tokens, ',', total_duration_seconds, ',',
              cost_usd, ',', unpriced_tokens) AS day
FROM daily_stats JOIN users USING (user_id)
WHERE stat_date BETWEEN %(first)s AND %(last)s
ORDER BY stat_date, user_id;

-- name: exported_whole
-- Planned for all rows: by default a cursor is for whoever wants the first ones soon.
SELECT set_config('cursor_tuple_fraction', '1', true);

-- name: exported_more
FETCH FORWARD %(limit)s FROM exported;

-- name: exported_end
CLOSE exported;

-- name: exports_lock
-- One writer at a time, on whatever machine: held by a connection for as long as it lives.
SELECT pg_try_advisory_lock(715006) AS held;

-- name: exports_mark
-- In the order of the days, so that two who mark never wait for each other.
INSERT INTO stale_exports (stat_date)
SELECT DISTINCT day FROM unnest(%(days)s::date[]) AS wanted (day) ORDER BY day
ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at;

-- name: exports_mark_all
-- Every day there is a figure or a file of.
INSERT INTO stale_exports (stat_date)
SELECT day FROM (
    SELECT stat_date AS day FROM daily_stats
    UNION SELECT first_day FROM exported_files
) AS known ORDER BY day
ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at;

-- name: exports_mark_naming
INSERT INTO stale_exports (stat_date)
SELECT DISTINCT first_day FROM exported_files
WHERE people @> ARRAY(SELECT username::text FROM users WHERE user_id = %(user_id)s) ORDER BY first_day
ON CONFLICT (stat_date) DO UPDATE SET change = DEFAULT, changed_at = excluded.changed_at;

-- name: exports_stale
SELECT stat_date, change FROM stale_exports ORDER BY stat_date;

-- name: exports_stale_between
SELECT stat_date, change FROM stale_exports WHERE stat_date BETWEEN %(first)s AND %(last)s;

-- name: exports_stale_count
SELECT count(*) AS days FROM stale_exports;

-- name: exports_settle
-- Only the changes that the files hold; a later one stays.
DELETE FROM stale_exports AS stale USING unnest(%(days)s::date[], %(changes)s::bigint[]) AS done (stat_date, change)
WHERE stale.stat_date = done.stat_date AND stale.change = done.change;

-- name: exported_files
SELECT path, dataset, first_day, last_day, row_count, byte_count, sha256, schema_version, people, written_at
FROM exported_files ORDER BY path;

-- name: exported_files_gone
DELETE FROM exported_files WHERE first_day >= %(first)s AND last_day <= %(last)s;

-- name: exported_file_note
INSERT INTO exported_files (path, dataset, first_day, last_day, row_count, byte_count, sha256, schema_version, people)
VALUES (%(path)s, %(dataset)s, %(first_day)s, %(last_day)s, %(row_count)s, %(byte_count)s, %(sha256)s, %(schema_version)s,
        %(people)s);

-- name: export_lake
SELECT lake_id::text AS lake_id FROM export_state;
