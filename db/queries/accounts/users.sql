-- People and their keys.

-- name: create_account
INSERT INTO users (username, email, role, share_level, show_in_leaderboard, password_hash)
VALUES (%(username)s, %(email)s, %(role)s, %(share_level)s, %(show_in_leaderboard)s, %(password_hash)s)
RETURNING *;

-- name: caller_by_key
-- prepare: key_hash bytea
-- Who holds this key, as long as neither key nor person is withdrawn. Every column by its name: once it is prepared, a
-- migration that adds another would have it refused.
SELECT user_id, username, email, role, share_level, show_in_leaderboard, active, session_epoch, locale, time_zone, theme,
       users.created_at, last_seen_at, key_id,
       last_used_at IS NULL OR last_used_at NOT BETWEEN now() - interval '1 minute' AND clock_timestamp() AS use_is_news
FROM api_keys JOIN users USING (user_id)
WHERE key_hash = %(key_hash)s AND active AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now());

-- name: key_use_note
-- At most once a minute a key, so uploads do not queue for one row.
WITH used AS (
    UPDATE api_keys SET last_used_at = now()
    WHERE user_id = %(user_id)s AND key_id = %(key_id)s
      AND (last_used_at IS NULL OR last_used_at NOT BETWEEN now() - interval '1 minute' AND clock_timestamp())
    RETURNING user_id
)
UPDATE users SET last_seen_at = now() FROM used WHERE users.user_id = used.user_id;

-- name: fetch_account_by_name
SELECT * FROM users WHERE username = %(username)s;

-- name: fetch_account
SELECT * FROM users WHERE user_id = %(user_id)s;

-- name: list_accounts
SELECT * FROM users ORDER BY lower(username), user_id LIMIT 10000;

-- name: fetch_password_hash
SELECT password_hash FROM users WHERE username = %(username)s AND active;

-- name: set_password
UPDATE users SET password_hash = %(password_hash)s, session_epoch = session_epoch + 1 WHERE user_id = %(user_id)s;

-- name: end_logins
UPDATE users SET session_epoch = session_epoch + 1 WHERE user_id = %(user_id)s;

-- name: account_delete
-- Everything of the person goes with the row, since every table refers to it; but for the finer days, which are named.
WITH usage AS (
    DELETE FROM daily_usage WHERE user_id = %(user_id)s
), tools AS (
    DELETE FROM daily_tools WHERE user_id = %(user_id)s
), hours AS (
    DELETE FROM daily_hours WHERE user_id = %(user_id)s
), months AS (
    DELETE FROM monthly_usage WHERE user_id = %(user_id)s
)
DELETE FROM users WHERE user_id = %(user_id)s;

-- name: team_days_with
-- The team days that hold figures of this person.
SELECT DISTINCT stat_date FROM daily_stats WHERE user_id = %(user_id)s ORDER BY stat_date;

-- name: account_lock
-- Uploads of this person wait until the change is through, so none slips in at the old level. The key stays as it is,
-- so whoever only refers to it, such as persist, need not wait: waiting for each other would end in a deadlock.
SELECT * FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE;

-- name: settings_change
UPDATE users
SET share_level = coalesce(%(share_level)s, share_level),
    show_in_leaderboard = coalesce(%(show_in_leaderboard)s, show_in_leaderboard)
WHERE user_id = %(user_id)s
RETURNING *;

-- name: fetch_own_figures
-- From the sessions themselves, and from the sums of those that were kept long enough.
WITH counted AS (
    SELECT 1 AS session_count, total_tokens_in AS tokens_in, total_tokens_out AS tokens_out, cache_read_tokens,
           cache_creation_tokens, imported_at
    FROM sessions WHERE user_id = %(user_id)s
    UNION ALL
    SELECT session_count, 0, 0, 0, 0, last_upload_at FROM archived_days WHERE user_id = %(user_id)s
    UNION ALL
    SELECT 0, tokens_in, tokens_out, cache_read_tokens, cache_creation_tokens, NULL
    FROM archived_models WHERE user_id = %(user_id)s
)
SELECT coalesce(sum(session_count), 0)::bigint AS sessions_count,
       coalesce(sum(tokens_in), 0)::bigint AS total_tokens_in,
       coalesce(sum(tokens_out), 0)::bigint AS total_tokens_out,
       coalesce(sum(cache_read_tokens), 0)::bigint AS cache_read_tokens,
       coalesce(sum(cache_creation_tokens), 0)::bigint AS cache_creation_tokens,
       max(imported_at) AS last_upload_at
FROM counted;

-- name: issue_key
INSERT INTO api_keys (user_id, label, prefix, key_hash, expires_at)
VALUES (%(user_id)s, %(label)s, %(prefix)s, %(key_hash)s, %(expires_at)s)
RETURNING *;

-- name: list_keys
-- All that count, and the newest of those that were stopped: nobody's keys push another's out of the list.
SELECT user_id, key_id, label, prefix, key_hash, created_at, last_used_at, expires_at, revoked_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY user_id
                                 ORDER BY revoked_at IS NULL DESC, created_at DESC, key_id DESC) AS place
    FROM api_keys WHERE %(user_id)s::bigint IS NULL OR user_id = %(user_id)s
) AS placed
WHERE place <= 120
ORDER BY user_id, created_at DESC, key_id DESC LIMIT 10000;

-- name: keys_counted
SELECT count(*) FILTER (WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS usable,
       count(*) FILTER (WHERE created_at BETWEEN now() - interval '1 day' AND clock_timestamp()) AS lately
FROM api_keys WHERE user_id = %(user_id)s;

-- name: revoke_key
UPDATE api_keys SET revoked_at = now()
WHERE user_id = %(user_id)s AND key_id = %(key_id)s AND revoked_at IS NULL
RETURNING *;

-- name: revoke_keys
UPDATE api_keys SET revoked_at = now() WHERE user_id = %(user_id)s AND revoked_at IS NULL;
