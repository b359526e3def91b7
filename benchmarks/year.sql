-- A made-up year, the same in every database that is asked for it: all chance is a hash of the session's number.

-- name: bench_chance
CREATE OR REPLACE FUNCTION bench_chance(number bigint, draw integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(number, draw) & 4503599627370495)::double precision + 0.5) / 4503599627370496;

-- name: bench_log_normal
-- How long and how much: mostly little, now and then a lot.
CREATE OR REPLACE FUNCTION bench_log_normal(number bigint, draw integer, mean double precision, spread double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN exp(mean + spread * sqrt(-2 * ln(bench_chance(number, draw))) * cos(2 * pi() * bench_chance(number, draw + 1)));

-- name: bench_sessions_make_up
-- People are busy in different measure, each on six projects of the team's; a day has most of its sessions around noon.
CREATE UNLOGGED TABLE bench_year AS
SELECT number, person,
       'bench-' || lpad(number::text, 8, '0') AS session_id,
       (%(projects)s::text[])[1 + (person * 7 + 11 * floor(6 * bench_chance(number, 2) ^ 2)::integer)
                              %% array_length(%(projects)s::text[], 1)] AS project_name,
       began - CASE WHEN began > %(now)s::timestamptz - interval '1 hour' THEN interval '1 day' ELSE interval '0' END AS started_at,
       seconds,
       4 + bench_log_normal(number, 40, 3, 1)::integer AS total_messages,
       bench_log_normal(number, 42, 10.5, 1.2)::integer AS tokens_in,
       bench_log_normal(number, 44, 8.5, 1.1)::integer AS tokens_out,
       bench_log_normal(number, 46, 12, 1.3)::bigint AS cache_read_tokens,
       bench_log_normal(number, 48, 10, 1.2)::bigint AS cache_creation_tokens,
       (%(models)s::text[])[width_bucket(bench_chance(number, 3), %(model_shares)s::double precision[])] AS model,
       person %% 5 < 3 AS tells_outcomes
FROM generate_series(0, %(sessions)s::bigint - 1) AS number,
LATERAL (SELECT 1 + floor(%(people)s * bench_chance(number, 1) ^ 1.25)::integer AS person) AS whose,
LATERAL (
    SELECT date_trunc('day', %(now)s::timestamptz, 'UTC')
           - floor(%(days)s * bench_chance(number, 4))::integer * interval '1 day'
           + (6 + 14 * (bench_chance(number, 5) + bench_chance(number, 6) + bench_chance(number, 7)) / 3)
             * interval '1 hour' AS exactly,
           least(28800, bench_log_normal(number, 50, 7, 1))::integer AS seconds
) AS clock,
LATERAL (SELECT date_trunc('second', exactly) AS began) AS told
ORDER BY person, session_id;

-- name: bench_tools_make_up
-- Eight tools a session: each slot draws one of tools of its own, the first slots the most usual ones.
CREATE UNLOGGED TABLE bench_year_tools AS
SELECT number, person, session_id, tells_outcomes, tool_name, call_count,
       floor(call_count * 0.04 + bench_chance(number, 200 + slot))::bigint AS error_count
FROM bench_year,
LATERAL generate_series(1, array_length(%(tool_slots)s::integer[], 1)) AS slot,
LATERAL (
    SELECT (%(tools)s::text[])[(%(tool_slots)s::integer[])[slot] + floor(
               (coalesce((%(tool_slots)s::integer[])[slot + 1], array_length(%(tools)s::text[], 1) + 1) - (%(tool_slots)s::integer[])[slot])
               * bench_chance(number, 100 + slot))::integer] AS tool_name,
           1 + floor(20 * bench_chance(number, 300 + slot) ^ 3)::bigint AS call_count
) AS called;

-- name: bench_fill_ours
-- As persist leaves them: the settled upload, the session, its tools and its one model with its price.
WITH people AS MATERIALIZED (
    SELECT user_id, person FROM users JOIN unnest(%(names)s::text[]) WITH ORDINALITY AS named (username, person) USING (username)
), mail AS (
    INSERT INTO inbox (user_id, upload_id, kind, name, share_level, state, received_at, settled_at)
    SELECT user_id, md5(session_id)::uuid, 'session', session_id, 'metadata', 'persisted', started_at, started_at
    FROM bench_year JOIN people USING (person)
), models AS (
    INSERT INTO session_models (user_id, session_id, model, responses, tokens_in, tokens_out, cache_read_tokens,
                                cache_creation_tokens, cost_usd, price_version)
    SELECT user_id, session_id, model, 1, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens,
           round((tokens_in * price_in + tokens_out * price_out + cache_read_tokens * price_read
                  + cache_creation_tokens * price_creation) / 1000000, 9),
           CASE WHEN price_in IS NOT NULL THEN %(price_version)s END
    FROM bench_year
    JOIN people USING (person)
    LEFT JOIN unnest(%(models)s::text[], %(prices_in)s::numeric[], %(prices_out)s::numeric[], %(prices_read)s::numeric[],
                     %(prices_creation)s::numeric[]) AS price (model, price_in, price_out, price_read, price_creation)
        USING (model)
), tools AS (
    INSERT INTO tool_usage (user_id, session_id, tool_name, call_count, success_count, error_count)
    SELECT user_id, session_id, tool_name, call_count,
           CASE WHEN tells_outcomes THEN call_count - error_count END, CASE WHEN tells_outcomes THEN error_count END
    FROM bench_year_tools JOIN people USING (person)
)
INSERT INTO sessions (
    user_id, session_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out,
    cache_read_tokens, cache_creation_tokens, reported_tokens_in, reported_tokens_out, model, share_level, content_hash,
    upload_id, imported_at
)
SELECT user_id, session_id, project_name, started_at, started_at + seconds * interval '1 second', total_messages,
       tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens, tokens_in, tokens_out, model, 'metadata',
       sha256(convert_to(session_id, 'UTF8')), md5(session_id)::uuid, started_at + seconds * interval '1 second'
FROM bench_year JOIN people USING (person);

-- name: bench_fill_peer_people
INSERT INTO users (username, email, api_key_hash, share_level)
SELECT username, username || '@example.org', key_hash, 'metadata'
FROM unnest(%(names)s::text[], %(key_hashes)s::text[]) WITH ORDINALITY AS named (username, key_hash, person)
ORDER BY person;

-- name: bench_fill_peer_sessions
INSERT INTO sessions (id, user_id, project_name, started_at, ended_at, total_messages, total_tokens_in, total_tokens_out, model)
SELECT session_id, users.id, project_name, started_at, started_at + seconds * interval '1 second', total_messages,
       tokens_in, tokens_out, model
FROM bench_year
JOIN unnest(%(names)s::text[]) WITH ORDINALITY AS named (username, person) USING (person)
JOIN users USING (username);

-- name: bench_fill_peer_tools
INSERT INTO tool_usage (session_id, tool_name, call_count, success_count, error_count)
SELECT session_id, tool_name, call_count,
       CASE WHEN tells_outcomes THEN call_count - error_count ELSE 0 END, CASE WHEN tells_outcomes THEN error_count ELSE 0 END
FROM bench_year_tools;

-- name: bench_year_forget
DROP TABLE IF EXISTS bench_year_tools, bench_year;

-- name: bench_database_exists
SELECT count(*) AS databases FROM pg_database WHERE datname = %(name)s;

-- name: bench_make_large
CREATE DATABASE large;

-- name: bench_make_small
CREATE DATABASE small;

-- name: bench_has_sessions
-- Is there a table of sessions at all?
SELECT table_name FROM information_schema.tables WHERE table_name = %(table)s;

-- name: bench_day
-- What the charts count of one person's day.
SELECT session_count FROM daily_stats JOIN users USING (user_id) WHERE username = %(name)s AND stat_date = %(day)s;
