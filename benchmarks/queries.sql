-- The benchmarks' own questions, beside the house's statements; never asked by what serves people.

-- name: bench_settings
-- What a commit is worth, and what both servers share.
SELECT name, current_setting(name) AS value
FROM unnest(%(names)s::text[]) WITH ORDINALITY AS asked (name, place) ORDER BY place;

-- name: bench_vacuum
VACUUM (ANALYZE);

-- name: bench_checkpoint
CHECKPOINT;

-- name: bench_sessions
SELECT count(*) AS sessions FROM sessions;

-- name: bench_ours_waits
SELECT EXISTS (SELECT FROM inbox WHERE state = 'pending') AS waits;

-- name: bench_ours_days_wait
SELECT EXISTS (SELECT FROM dirty_days) AS waits;

-- name: bench_ours_clear
TRUNCATE inbox, sessions, messages, tool_usage, tool_calls, session_tags, session_models, dirty_days,
         daily_stats, daily_usage, daily_tools, daily_hours, team_usage, team_months, team_tools, team_hours,
         monthly_stats, monthly_usage;

-- name: bench_days
-- What the charts count, whose and of which day.
SELECT username, stat_date, session_count FROM daily_stats JOIN users USING (user_id);

-- name: bench_peer_waits
-- It has no queue: what it took and has not written yet is a statement or a transaction under way.
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'
) AS waits;

-- name: bench_peer_clear
TRUNCATE sessions, messages, tool_usage, session_tags;

-- name: bench_peer_person
INSERT INTO users (username, email, api_key_hash, share_level) VALUES (%(username)s, %(email)s, %(key_hash)s, 'full');

-- name: bench_make_peer
CREATE DATABASE peer;
