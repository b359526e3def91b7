-- The leaderboards: those who take part and are active, and whoever asks, who sees alone where they would stand.

-- name: list_standings
-- prepare: first date, last date, user_id bigint
SELECT user_id, username, show_in_leaderboard AS takes_part,
       sum(session_count)::bigint AS session_count,
       sum(tokens_in + tokens_out)::bigint AS tokens,
       sum(active_days)::bigint AS active_days,
       sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(tokens_in + cache_read_tokens + cache_creation_tokens)::bigint AS tokens_read,
       sum(calls_succeeded)::bigint AS calls_succeeded,
       sum(calls_failed)::bigint AS calls_failed
FROM sums_between(%(first)s, %(last)s) JOIN users USING (user_id)
WHERE active
  AND (show_in_leaderboard OR user_id = %(user_id)s)
  AND (SELECT leaderboard_on FROM team_settings)
GROUP BY user_id, username, show_in_leaderboard HAVING sum(session_count) > 0
ORDER BY username LIMIT 10000;

-- name: count_leaderboard_members
SELECT count(*) FILTER (WHERE show_in_leaderboard) AS members, count(*) AS people FROM users WHERE active;

-- name: switch_leaderboard
UPDATE team_settings SET leaderboard_on = %(on)s WHERE leaderboard_on <> %(on)s;

-- name: is_leaderboard_on
SELECT leaderboard_on FROM team_settings;
